namespace BatchEtl.Avro.Schemas;

/// <summary>Finds the records that can hold themselves: decoders bound their nesting, everything else is finite.</summary>
internal static class RecursionMarks
{
    public static void Set(IEnumerable<RecordSchema> records)
    {
        var all = records.ToList();
        var edges = all.ToDictionary(record => record, Direct);
        foreach (var component in Components(all, edges))
        {
            var recursive = component.Count > 1 || edges[component[0]].Contains(component[0]);
            foreach (var record in component)
            {
                record.IsRecursive = recursive;
            }
        }
    }

    /// <summary>The records that a record's fields refer to without another record between.</summary>
    private static HashSet<RecordSchema> Direct(RecordSchema record)
    {
        var found = new HashSet<RecordSchema>();
        var open = new Stack<AvroSchema>(record.Fields.Select(field => field.Schema));
        while (open.TryPop(out var schema))
        {
            switch (schema)
            {
                case RecordSchema inner:
                    found.Add(inner);
                    break;
                case ArraySchema array:
                    open.Push(array.Items);
                    break;
                case MapSchema map:
                    open.Push(map.Values);
                    break;
                case UnionSchema union:
                    foreach (var branch in union.Branches)
                    {
                        open.Push(branch);
                    }

                    break;
            }
        }

        return found;
    }

    /// <summary>Kosaraju's strongly connected components, without recursion of our own.</summary>
    private static IEnumerable<List<RecordSchema>> Components(
        List<RecordSchema> all, Dictionary<RecordSchema, HashSet<RecordSchema>> edges)
    {
        var finished = new List<RecordSchema>(all.Count);
        var seen = new HashSet<RecordSchema>();
        foreach (var start in all)
        {
            if (!seen.Add(start))
            {
                continue;
            }

            var path = new Stack<(RecordSchema Record, IEnumerator<RecordSchema> Targets)>();
            path.Push((start, edges[start].GetEnumerator()));
            while (path.TryPeek(out var top))
            {
                if (!top.Targets.MoveNext())
                {
                    finished.Add(path.Pop().Record);
                }
                else if (seen.Add(top.Targets.Current))
                {
                    path.Push((top.Targets.Current, edges[top.Targets.Current].GetEnumerator()));
                }
            }
        }

        var reversed = all.ToDictionary(record => record, _ => new List<RecordSchema>());
        foreach (var (from, targets) in edges)
        {
            foreach (var target in targets)
            {
                reversed[target].Add(from);
            }
        }

        seen.Clear();
        finished.Reverse();
        foreach (var start in finished.Where(seen.Add))
        {
            var component = new List<RecordSchema>();
            var open = new Stack<RecordSchema>([start]);
            while (open.TryPop(out var record))
            {
                component.Add(record);
                foreach (var next in reversed[record].Where(seen.Add))
                {
                    open.Push(next);
                }
            }

            yield return component;
        }
    }
}
