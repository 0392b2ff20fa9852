package io.verstak.server.testkit.browser;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ReducedMotion;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Debian's Chromium. As a static field with {@code @RegisterExtension} it serves all tests of a class; they run on one thread,
 * as Playwright wants it.
 */
public final class Browser implements AutoCloseable, AfterAllCallback {
    /** For what comes unless something is broken, however busy the machine is. */
    private static final double PATIENCE_MILLIS = 60_000;

    private static final double STARTUP_MILLIS = 180_000;

    private final Playwright playwright;
    private final com.microsoft.playwright.Browser chromium;

    private Browser(Playwright playwright, com.microsoft.playwright.Browser chromium) {
        this.playwright = playwright;
        this.chromium = chromium;
    }

    /** Fails when there is no Chromium: {@code scripts/test.sh} installs it. */
    public static Browser start() {
        Path executable = Stream.of(System.getenv("PATH").split(":"))
                .map(folder -> Path.of(folder, "chromium"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no chromium on the PATH: run scripts/test.sh as root once"));
        PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MILLIS);
        Playwright playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        return new Browser(
                playwright,
                playwright
                        .chromium()
                        .launch(new LaunchOptions()
                                .setExecutablePath(executable)
                                .setChromiumSandbox(false)
                                .setEnv(environment())
                                .setTimeout(STARTUP_MILLIS)
                                .setArgs(List.of("--disable-gpu", "--force-color-profile=srgb"))));
    }

    /** Whatever fonts this machine has: pages are in those that {@code scripts/test.sh} installs, as accepted pictures are. */
    private static Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.put(
                "FONTCONFIG_FILE",
                Path.of("src/test/resources/fonts.conf").toAbsolutePath().toString());
        return environment;
    }

    /** A window of its own, with no cookies. */
    public Page open(TestServer server) {
        return context(server, true).newPage();
    }

    /** The same, but no script runs in it. */
    public Page openWithoutScripts(TestServer server) {
        return context(server, false).newPage();
    }

    /** A window in which a test's own scripts run beside those of any server on this machine. */
    public Page openForScripts(int port) {
        return openForScripts("http://127.0.0.1:" + port);
    }

    /** The same, wherever a server is found; its certificate may be anybody's. */
    public Page openForScripts(String origin) {
        Page page = chromium.newContext(new com.microsoft.playwright.Browser.NewContextOptions()
                        .setBypassCSP(true)
                        .setIgnoreHTTPSErrors(true))
                .newPage();
        page.setDefaultTimeout(PATIENCE_MILLIS);
        page.navigate(origin + "/livez");
        return page;
    }

    /** Does what leads to another page, or to the same one anew, and waits until that is there with all that belongs to it. */
    public static void follow(Page page, Runnable step) {
        page.evaluate("document.documentElement.dataset.left = 'soon'");
        step.run();
        PlaywrightAssertions.assertThat(page.locator("html:not([data-left])")).hasCount(1);
        page.waitForLoadState();
    }

    /** Goes through a page by the Tab key alone and returns what did not show that it was reached. */
    public static List<String> tabThrough(Page page) {
        return ScreenRules.tabThrough(page);
    }

    BrowserContext context(TestServer server, boolean scripts) {
        BrowserContext context = chromium.newContext(new com.microsoft.playwright.Browser.NewContextOptions()
                .setBaseURL("http://127.0.0.1:" + server.port())
                .setLocale("en-GB")
                .setTimezoneId("UTC")
                // Colours that are still on their way would be looked at halfway.
                .setReducedMotion(ReducedMotion.REDUCE)
                .setJavaScriptEnabled(scripts));
        context.setDefaultTimeout(PATIENCE_MILLIS);
        return context;
    }

    /** Looks at pages in every language, light and shade, and width. */
    public Screens screens(TestServer server, Visitor... who) {
        return new Screens(this, server, Arrays.asList(who));
    }

    @Override
    public void close() {
        chromium.close();
        playwright.close();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        close();
    }
}
