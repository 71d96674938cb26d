using System.Runtime.InteropServices;

namespace BatchEtl.Storage;

/// <summary>What the C library offers for folders and .NET does not: exchange in one step, and fsync.</summary>
internal static partial class NativeFolder
{
    private const int CurrentFolder = -100, RenameExchange = 2, RenameSwap = 2;
    private const int NotPermitted = 1, InvalidArgument = 22, LinuxNoSuchCall = 38, LinuxNotSupported = 95, MacNotSupported = 45, MacNoSuchCall = 78;

    /// <summary>Exchanges two paths in one step.</summary>
    /// <returns>False where the platform or the file system can't; nothing has changed then.</returns>
    /// <exception cref="IOException">The call failed for another reason; HResult is errno.</exception>
    public static bool TryExchange(string a, string b)
    {
        int result;
        if (OperatingSystem.IsLinux())
        {
            result = LinuxExchange(a, b);
        }
        else if (OperatingSystem.IsMacOS())
        {
            result = RenameX(a, b, RenameSwap);
        }
        else
        {
            return false;
        }

        var error = result == 0 ? 0 : Marshal.GetLastPInvokeError();
        return error switch
        {
            0 => true,
            InvalidArgument or LinuxNoSuchCall or LinuxNotSupported or MacNotSupported or MacNoSuchCall or NotPermitted => false,
            _ => throw Failure(error),
        };
    }

    /// <summary>Makes a folder's entries durable (fsync). Nothing to do on Windows, whose renames are journaled.</summary>
    /// <exception cref="IOException">HResult is errno.</exception>
    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = Open(folder, OperatingSystem.IsMacOS() ? 0x1000000 : 0x80000);
        if (descriptor < 0)
        {
            throw Failure(Marshal.GetLastPInvokeError());
        }

        try
        {
            // A file system that cannot fsync folders says EINVAL; there is nothing better to be had from it.
            if (Fsync(descriptor) != 0 && Marshal.GetLastPInvokeError() is var error and not InvalidArgument)
            {
                throw Failure(error);
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static int LinuxExchange(string a, string b)
    {
        try
        {
            return RenameAt2(CurrentFolder, a, CurrentFolder, b, RenameExchange);
        }
        catch (EntryPointNotFoundException)
        {
            // C libraries without the wrapper (musl before 1.2.6) still let one call the kernel.
            nint number = RuntimeInformation.ProcessArchitecture switch
            {
                Architecture.X64 => 316,
                Architecture.Arm64 => 276,
                _ => -1,
            };
            return (int)SystemCall(number, CurrentFolder, a, CurrentFolder, b, RenameExchange);
        }
    }

    private static IOException Failure(int error) => new(Marshal.GetPInvokeErrorMessage(error), error);

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameAt2(int fromFolder, string from, int toFolder, string to, uint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint SystemCall(nint number, nint fromFolder, string from, nint toFolder, string to, nuint flags);

    [LibraryImport("libc", EntryPoint = "renamex_np", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameX(string from, string to, uint flags);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
