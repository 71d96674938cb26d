using System.Net;
using System.Text;

namespace BatchEtl.Report.Page;

/// <summary>HTML with what is not ours encoded.</summary>
internal sealed class Html
{
    private readonly StringBuilder _text = new();

    public static string Encode(string? text) => WebUtility.HtmlEncode(text ?? string.Empty);

    /// <summary>Adds markup of ours.</summary>
    public Html Add(string markup)
    {
        _text.Append(markup).Append('\n');
        return this;
    }

    /// <summary>A table: a header row, and rows whose cells are text; the first cell of a row is its header.</summary>
    public static string Table(string caption, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        var html = new StringBuilder($"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{Encode(caption)}\"><table><caption>{Encode(caption)}</caption><thead><tr>");
        html.AppendJoin(string.Empty, columns.Select(c => $"<th scope=\"col\">{Encode(c)}</th>")).Append("</tr></thead><tbody>");
        foreach (var row in rows)
        {
            html.Append("<tr>").AppendJoin(string.Empty, row.Select((cell, i) => i == 0 ? $"<th scope=\"row\">{Encode(cell)}</th>" : $"<td>{Encode(cell)}</td>")).Append("</tr>");
        }

        return html.Append("</tbody></table></div>").ToString();
    }

    /// <summary>Something that a click opens.</summary>
    public static string Details(string summary, string markup) => $"<details><summary>{Encode(summary)}</summary>{markup}</details>";

    public override string ToString() => _text.ToString();
}
