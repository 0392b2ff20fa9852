package io.verstak.server.testkit.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.ConsoleMessage;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.EmulateMediaOptions;
import com.microsoft.playwright.Page.ScreenshotOptions;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.Cookie;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Looks at a page as everybody may see it: in both languages, light and dark, wide and on a phone, with scripts and without.
 * Leaves a picture of each under {@code target/screens/}, and fails for whatever is wider than the window at any width, said on
 * the console, refused by the page's own policy, named by axe, or hardly to be seen (the focus, the edges of fields).
 */
public final class Screens implements AutoCloseable {
    private static final Path FOLDER = Path.of("target", "screens");
    private static final List<String> LANGUAGES = List.of("en", "ru");
    private static final List<ColorScheme> SCHEMES = List.of(ColorScheme.LIGHT, ColorScheme.DARK);
    private static final Map<Integer, Integer> HEIGHTS = Map.of(360, 740, 768, 1024, 1280, 800, 1920, 1080);

    /** Each language and shade is seen at the width of a phone or a laptop, and each of the other widths once. */
    private static final Map<String, List<Integer>> WIDTHS = Map.of(
            "en-light",
            List.of(1280, 360),
            "en-dark",
            List.of(1280, 768),
            "ru-light",
            List.of(360, 1920),
            "ru-dark",
            List.of(1280, 360));

    /** What is compared with an accepted picture. */
    private static final Set<String> COMPARED = Set.of("en-light-1280", "ru-dark-360");

    private final BrowserContext context;
    private final BrowserContext scriptless;
    private final TestServer server;
    private final Page page;
    private final Page plain;
    private final Axe axe;
    private final ScreenRules rules;
    private final List<String> complaints = new ArrayList<>();
    private final List<String> findings = new ArrayList<>();

    Screens(Browser browser, TestServer server, List<Visitor> who) {
        this.server = server;
        this.context = browser.context(server, true);
        this.scriptless = browser.context(server, false);
        who.forEach(visitor -> visitor.cookies().forEach(this::cookie));
        page = context.newPage();
        plain = scriptless.newPage();
        axe = new Axe(page);
        rules = new ScreenRules(page, axe);
        page.onConsoleMessage(this::console);
        page.onPageError(complaints::add);
    }

    /** Looks at the page at a path. */
    public Screens look(String name, String path) {
        return look(name, path, opened -> {});
    }

    /**
     * Looks at what becomes of a page after these steps, which are done once for each language. A step that leads elsewhere has to
     * wait until it is there ({@link Browser#follow}).
     */
    public Screens look(String name, String path, Consumer<Page> steps) {
        complaints.clear();
        findings.clear();
        for (String language : LANGUAGES) {
            cookie("lang", language);
            page.navigate(path);
            steps.accept(page);
            for (ColorScheme scheme : SCHEMES) {
                WIDTHS.getOrDefault(language + "-" + shade(scheme), List.of())
                        .forEach(width -> look(name, language, scheme, width));
                if (language.equals(LANGUAGES.get(0))) {
                    rules.fields().forEach(field -> findings.add(name + "-" + shade(scheme) + " " + field));
                    rules.focus().forEach(element -> findings.add(name + "-" + shade(scheme) + " " + element));
                }
            }
            rules.largeText().forEach(found -> findings.add(name + "-" + language + " " + found));
            rules.widths().forEach(width -> findings.add(name + "-" + language + " " + width));
        }
        plain.setViewportSize(390, 844);
        plain.navigate(path);
        steps.accept(plain);
        PlaywrightAssertions.assertThat(plain.locator("main h1")).isVisible();
        assertThat(findings).isEmpty();
        return this;
    }

    private void look(String name, String language, ColorScheme scheme, int width) {
        page.setViewportSize(width, HEIGHTS.getOrDefault(width, width));
        page.emulateMedia(new EmulateMediaOptions().setColorScheme(scheme));
        String variant = "%s-%s-%s-%d".formatted(name, language, shade(scheme), width);
        byte[] picture = page.screenshot(new ScreenshotOptions()
                .setPath(FOLDER.resolve(variant + ".png"))
                // A secret is different each time.
                .setMask(List.of(page.locator("svg.qr")))
                .setFullPage(true));
        if (COMPARED.contains(variant.substring(name.length() + 1))) {
            Pictures.differences(variant, picture).ifPresent(findings::add);
        }
        int needed = axe.evaluate("document.documentElement.scrollWidth").getAsInt();
        if (needed > width) {
            findings.add("%s is %d px wide".formatted(variant, needed));
        }
        // Each language, shade and narrow or wide window is seen by axe; each pair of them too; not each three.
        if (language.equals("en") == (scheme == ColorScheme.LIGHT) == (width == 1280)) {
            axe.violations().forEach(violation -> findings.add(variant + ": " + violation));
        }
        complaints.forEach(complaint -> findings.add(variant + ": " + complaint));
        complaints.clear();
    }

    private static String shade(ColorScheme scheme) {
        return scheme == ColorScheme.DARK ? "dark" : "light";
    }

    private void console(ConsoleMessage message) {
        // That the page itself is answered with 4xx is what is being looked at.
        boolean status = message.text().startsWith("Failed to load resource")
                && message.location().startsWith(page.url());
        if (message.type().equals("error") && !status) {
            complaints.add(message.text());
        }
    }

    private void cookie(String name, String value) {
        Cookie cookie = new Cookie(name, value).setUrl("http://127.0.0.1:" + server.port());
        context.addCookies(List.of(cookie));
        scriptless.addCookies(List.of(cookie));
    }

    @Override
    public void close() {
        context.close();
        scriptless.close();
    }
}
