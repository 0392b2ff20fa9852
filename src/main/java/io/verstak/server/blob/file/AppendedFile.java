package io.verstak.server.blob.file;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A file that is appended to. Blocks. Used by one thread at a time, while another may call {@link #force()}. */
public interface AppendedFile {

    void append(ByteBuffer[] pieces) throws IOException;

    /** Makes all appended bytes durable. */
    void force() throws IOException;
}
