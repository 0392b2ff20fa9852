package io.verstak.server.http.web;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Lists the templates of pages, in the jar or in the folder of a build. */
final class TemplateList {
    private static final String ENDING = ".ftlh";

    private TemplateList() {}

    /** Returns their names relative to {@code templates/}. Blocks. */
    static List<String> names() {
        // A file in it: jars need not have entries for their folders.
        URL layout = TemplateList.class.getResource("/templates/layout.ftlh");
        if (layout == null) {
            throw new IllegalStateException("the jar lacks its templates");
        }
        try {
            URI location = layout.toURI();
            if (!location.getScheme().equals("jar")) {
                return names(Path.of(location).resolveSibling(""));
            }
            try (FileSystem jar = FileSystems.newFileSystem(location, Map.of())) {
                return names(jar.getPath("/templates"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(ENDING))
                    .map(file -> folder.relativize(file).toString().replace('\\', '/'))
                    .filter(name -> !name.startsWith("mail/"))
                    .sorted()
                    .toList();
        }
    }
}
