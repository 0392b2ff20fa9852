package io.verstak.server.http.web;

import io.verstak.server.testkit.OneEngine;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import io.verstak.server.testkit.Web;
import io.verstak.server.testkit.browser.Browser;
import io.verstak.server.testkit.browser.Screens;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The pages that anybody can open, as they look. */
@OneEngine("a browser: the tests of pages read the same on both engines")
class PublicScreensTest {
    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("alice");

    @RegisterExtension
    static final Browser BROWSER = Browser.start();

    @Test
    void pages_for_anybody_suit_every_reader() {
        try (Screens screens = BROWSER.screens(SERVER)) {
            screens.look("home", "/")
                    .look("login", "/login")
                    .look("login-wrong", "/login", page -> {
                        page.fill("#username", "alice");
                        page.fill("#password", "not this one");
                        Browser.follow(page, () -> page.click("main [type=submit]"));
                    })
                    .look("register", "/register")
                    .look("register-wrong", "/register?invite=" + "0".repeat(64), page -> {
                        page.fill("#username", "bertha");
                        page.fill("#email", "bertha@example.org");
                        page.fill("#password", "password1");
                        Browser.follow(page, () -> page.click("main [type=submit]"));
                    })
                    .look("registered", "/registered")
                    .look("forgot", "/forgot")
                    .look("forgot-sent", "/forgot/sent")
                    .look("reset", "/reset?token=" + resetToken())
                    .look("reset-mailed", "/reset")
                    .look("reset-over", "/reset?token=x")
                    .look("setup", "/setup?token=" + SERVER.setupToken())
                    .look("setup-over", "/setup?token=x")
                    .look("admin-login", "/admin/login")
                    .look("confirmed", "/confirmed")
                    .look("link-over", "/api/v1/auth/confirm?token=x")
                    .look("not-found", "/nothing/here");
        }
    }

    @Test
    void a_server_that_is_new_and_the_second_step_of_its_setup_suit_every_reader() {
        try (TestServer server = TestServer.start()) {
            try (Screens screens = BROWSER.screens(server)) {
                screens.look("home-new", "/");
            }
            server.withAdministrator("root");
            Visitor root = new Visitor(server);
            root.send("/admin/login", "/admin/login", "username=root", "password=" + TestServer.PASSWORD);
            try (Screens screens = BROWSER.screens(server, root)) {
                screens.look("setup-mail", "/setup/mail");
            }
        }
    }

    private static String resetToken() {
        Web web = new Web(SERVER);
        web.forgot("alice@example.org");
        return web.mailedToken("alice@example.org", "reset");
    }
}
