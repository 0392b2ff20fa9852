package io.verstak.server.http.web.files;

import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import io.verstak.server.testkit.browser.Browser;
import io.verstak.server.testkit.browser.Screens;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The pages of files at every width, in both themes and languages. */
class FilesScreensTest {
    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("alice");

    @RegisterExtension
    static final Browser BROWSER = Browser.start();

    @Test
    void pages_of_files_suit_every_reader() {
        try (Desktop desktop = SERVER.pair("alice", "notes")) {
            push(desktop, "workspace", "w1", "create", "{\"path\":\"Kitchen\",\"name\":\"Kitchen\"}");
            push(desktop, "folder", "Letters", "create", "{\"path\":\"Letters\"}");
            file(desktop, "create", "# Kitchen\\nThe plan for spring.\\n\\n## To do\\n- tiles\\n- a new lamp");
            file(desktop, "update", "# Kitchen\\nThe plan for spring.\\n\\n## To do\\n- tiles, blue\\n- a new lamp");
            push(
                    desktop,
                    "file",
                    "x",
                    "create",
                    "{\"path\":\"A shopping list with quite a long name.txt\",\"content\":\"milk\"}");
            push(desktop, "file", "x", "create", "{\"path\":\"gone.txt\",\"content\":\"milk\"}");
            push(desktop, "file", "x", "delete", "{\"path\":\"gone.txt\"}");
            push(desktop, "plugin-record", "p", "update", "{}");
        }
        Visitor alice = Visitor.user(SERVER, "alice");
        try (Screens screens = BROWSER.screens(SERVER, alice)) {
            screens.look("files-folder", "/files?vault=notes&removed=1")
                    .look(
                            "files-past",
                            "/files?vault=notes&at=3",
                            page -> page.locator("main > details > summary").click())
                    .look("files-file", "/files/file?vault=notes&path=Kitchen/plan.md")
                    .look("files-compare", "/files/compare?vault=notes&path=Kitchen/plan.md&from=3&to=4")
                    .look("files-none", "/files?vault=notes&q=lamp");
        }
    }

    private static void file(Desktop desktop, String opType, String content) {
        push(desktop, "file", "f", opType, "{\"path\":\"Kitchen/plan.md\",\"content\":\"" + content + "\"}");
    }

    private static void push(Desktop desktop, String type, String id, String opType, String payload) {
        desktop.make(OutboxOp.note(id, "").on(type, id).ofType(opType).withPayload(payload))
                .push();
    }
}
