package io.verstak.server.backup;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.PrivateFiles;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.Map;
import java.util.Set;

/** Writes a manifest while blobs are added, holding none of them. It is no JSON before it is finished. Blocks. */
final class ManifestWriter implements AutoCloseable {
    private final FileChannel file;
    private final JsonGenerator json;

    /**
     * Begins a new file of 0600.
     *
     * @param data the data directory, whose owner gets what root makes
     */
    ManifestWriter(Path path, Path data, Manifest manifest) throws IOException {
        file = FileChannel.open(
                path, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), DataDirectory.filePermissions());
        PrivateFiles.adopt(path, data);
        json = Manifest.JSON.getFactory().createGenerator(Channels.newOutputStream(file), JsonEncoding.UTF8);
        // A line for each blob, so that a person can search them.
        json.setPrettyPrinter(new DefaultPrettyPrinter().withArrayIndenter(DefaultIndenter.SYSTEM_LINEFEED_INSTANCE));
        json.setCodec(Manifest.JSON);
        json.writeStartObject();
        JsonNode head = Manifest.JSON.valueToTree(manifest);
        for (Map.Entry<String, JsonNode> field : head.properties()) {
            json.writeFieldName(field.getKey());
            json.writeTree(field.getValue());
        }
        json.writeArrayFieldStart(Manifest.BLOBS);
    }

    static String line(BlobReference blob) {
        return blob.sha256() + " " + blob.size();
    }

    void add(BlobReference blob) throws IOException {
        json.writeString(line(blob));
    }

    /** Ends it and makes it durable. */
    void finish(Collection<String> missing) throws IOException {
        json.writeEndArray();
        json.writeArrayFieldStart(Manifest.MISSING);
        for (String blob : missing) {
            json.writeString(blob);
        }
        json.writeEndArray();
        json.writeEndObject();
        json.flush();
        file.force(true);
        close();
    }

    @Override
    public void close() throws IOException {
        // The generator would end what is open, and make half a manifest look like a whole one.
        file.close();
    }
}
