package io.verstak.server.blob;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A file that grows. Blocks; one thread at a time, beside which another may {@link #force()}. */
interface AppendedFile {

    void append(ByteBuffer[] pieces) throws IOException;

    /** Makes durable what has been appended. */
    void force() throws IOException;
}
