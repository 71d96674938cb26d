namespace BatchEtl.Avro.Schemas;

/// <summary>A text is no Avro schema, or a schema that the specification forbids; the message says why and where.</summary>
public sealed class AvroSchemaException : FormatException
{
    public AvroSchemaException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
