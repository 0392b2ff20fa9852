package io.verstak.server.error;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Says in words for people, without the name of a class, why something failed. */
public final class FailureReason {
    private static final Pattern CLASS_NAME = Pattern.compile(
            "(?:[a-z][a-z0-9_]*\\.)*[A-Z][A-Za-z0-9]*(?:Exception|Error)\\b:?\\s*|(?:java|javax|sun|jdk|com|org|io)"
                    + "(?:\\.[a-z][a-z0-9_]*)+\\.[A-Z][\\w$]*:?\\s*");

    private FailureReason() {}

    /** Returns the reason in one line, such as {@code permission denied for user verstak-server}. */
    public static String of(Throwable failure) {
        Throwable root = unwrapped(failure);
        if (root instanceof FileSystemException file) {
            return ofFile(file);
        }
        if (root instanceof CharacterCodingException) {
            return "it is not UTF-8 text";
        }
        if (root instanceof UnknownHostException) {
            return "the host name cannot be resolved";
        }
        if (root instanceof HttpTimeoutException) {
            return "no answer in time";
        }
        if (root instanceof ConnectException) {
            return "the connection was refused";
        }
        if (root instanceof InvalidPathException path) {
            return ofPath(path);
        }
        if (root instanceof LinkageError) {
            return "a native library cannot be loaded: the folder for temporary files may be mounted noexec;"
                    + " name another one with -Djava.io.tmpdir=DIR";
        }
        if (root instanceof OutOfMemoryError) {
            return "the memory of the process is full";
        }
        return worded(root);
    }

    /** Returns the failure's file and the reason; the reason alone where no file is known. */
    public static String withFile(Throwable failure) {
        Throwable root = unwrapped(failure);
        boolean named = root instanceof FileSystemException file && file.getFile() != null;
        return named ? ((FileSystemException) root).getFile() + ": " + of(root) : of(root);
    }

    /** Returns why text cannot be the path of a file on this system. */
    private static String ofPath(InvalidPathException path) {
        return path.getInput().indexOf('\0') >= 0
                ? "a path cannot contain a NUL character"
                : "the locale's character set (%s) has no such letters; start with LC_ALL=C.UTF-8"
                        .formatted(System.getProperty("sun.jnu.encoding"));
    }

    private static Throwable unwrapped(Throwable failure) {
        boolean wrapper = failure instanceof CompletionException
                || failure instanceof ExecutionException
                || failure instanceof UncheckedIOException
                || failure instanceof ExceptionInInitializerError;
        Throwable cause = failure.getCause();
        return wrapper && cause != null ? unwrapped(cause) : failure;
    }

    private static String ofFile(FileSystemException file) {
        if (file instanceof AccessDeniedException) {
            return "permission denied for user " + System.getProperty("user.name");
        }
        if (file instanceof NoSuchFileException) {
            return "no such file or folder";
        }
        if (file instanceof FileAlreadyExistsException) {
            return "a file of this name already exists";
        }
        if (file instanceof NotDirectoryException) {
            return "not a folder";
        }
        if (file instanceof DirectoryNotEmptyException) {
            return "the folder is not empty";
        }
        if (file instanceof FileSystemLoopException) {
            return "the symbolic links form a loop";
        }
        return lowerCase(file.getReason());
    }

    private static String worded(Throwable failure) {
        String message = failure.getMessage();
        if (failure instanceof FileNotFoundException && message != null) {
            return lowerCase(message);
        }
        if (failure instanceof EOFException) {
            return "it ends too early";
        }
        String words = message == null
                ? ""
                : CLASS_NAME
                        .matcher(message)
                        .replaceAll("")
                        .replaceAll("\\s*\\R\\s*", "; ")
                        .strip();
        if (words.isEmpty()) {
            return failure instanceof IOException ? "input or output failed" : "an unexpected failure";
        }
        return lowerCase(words);
    }

    private static String lowerCase(@Nullable String text) {
        if (text == null || text.isBlank()) {
            return "input or output failed";
        }
        boolean word = text.length() > 1 && Character.isLowerCase(text.charAt(1));
        return word ? Character.toLowerCase(text.charAt(0)) + text.substring(1) : text;
    }
}
