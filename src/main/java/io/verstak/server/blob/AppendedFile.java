package io.verstak.server.blob;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A file that is appended to. Blocks. Used by one thread at a time, while another may call {@link #force()}. */
interface AppendedFile {

    void append(ByteBuffer[] pieces) throws IOException;

    /** Makes all appended bytes durable. */
    void force() throws IOException;
}
