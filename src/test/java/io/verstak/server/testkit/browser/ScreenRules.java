package io.verstak.server.testkit.browser;

import com.google.gson.JsonElement;
import com.microsoft.playwright.Page;
import java.util.ArrayList;
import java.util.List;

/** What axe does not look at: the ring of what has the focus, the edges of fields, and the width that a page needs. */
final class ScreenRules {
    private static final int NARROWEST = 320;
    private static final int WIDEST = 1920;
    private static final int STEP = 100;
    private static final int LAPTOP = 1280;

    /** Colours are computed ones; a colour that is not opaque is laid on the ground below it. */
    private static final String COLOURS = """
            const parts = colour => (colour.match(/[\\d.]+/g) || [0, 0, 0, 0]).map(Number);
            const over = (top, below) => {
              const alpha = top.length > 3 ? top[3] : 1;
              return [0, 1, 2].map(i => top[i] * alpha + below[i] * (1 - alpha));
            };
            const ground = element => {
              const layers = [];
              for (let at = element; at; at = at.parentElement) {
                layers.push(parts(getComputedStyle(at).backgroundColor));
              }
              return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255]);
            };
            const light = rgb => {
              const [r, g, b] = rgb.map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
              return 0.2126 * r + 0.7152 * g + 0.0722 * b;
            };
            const contrast = (colour, below) => {
              const [a, b] = [light(over(parts(colour), below)), light(below)];
              return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
            };
            const named = element => element.outerHTML.slice(0, 120);
            const seen = element => element.checkVisibility({visibilityProperty: true}) && !element.disabled;
            """;

    /** What shows the focus now: nothing of it may be there without the focus. */
    private static final String RING = """
            const ring = element => {
              const style = getComputedStyle(element);
              return [style.outlineStyle, style.outlineWidth, style.outlineColor].join(' ');
            };
            const unfit = (element, before) => {
              const style = getComputedStyle(element);
              if (ring(element) === before) {
                return 'looks the same with the focus: ' + named(element);
              }
              if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2) {
                return 'has no ring: ' + named(element);
              }
              const enough = contrast(style.outlineColor, ground(element.parentElement));
              return enough >= 3 ? '' : 'has a ring of ' + enough.toFixed(2) + ' to 1: ' + named(element);
            };
            """;

    private static final String FIELDS = "(() => {" + COLOURS + """
            return [...document.querySelectorAll('input:not([type=hidden]), select, textarea')].filter(seen).map(field => {
              const enough = contrast(getComputedStyle(field).borderTopColor, ground(field.parentElement));
              return enough >= 3 ? '' : 'has an edge of ' + enough.toFixed(2) + ' to 1: ' + named(field);
            }).filter(found => found);
            })()""";

    private static final String FOCUS = "(() => {" + COLOURS + RING + """
            const all = document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]');
            const found = [...all].filter(seen).map(element => {
              document.activeElement.blur();
              const before = ring(element);
              element.focus();
              return document.activeElement === element ? unfit(element, before) : '';
            });
            document.activeElement.blur();
            return found.filter(each => each);
            })()""";

    /** Remembers how everything looks without the focus. */
    private static final String REMEMBER = "(() => {" + RING + """
            window.unfocused = new Map([...document.querySelectorAll('*')].map(element => [element, ring(element)]));
            })()""";

    private static final String REACHED = "(() => {" + COLOURS + RING + """
            const element = document.activeElement;
            return element === document.body ? 'nothing' : unfit(element, window.unfocused.get(element));
            })()""";

    private final Page page;
    private final Axe axe;

    ScreenRules(Page page, Axe axe) {
        this.page = page;
        this.axe = axe;
    }

    /** Everything that can take the focus and does not show it, as far as the keyboard is concerned. */
    List<String> focus() {
        // What scripts focus after a key counts as reached by the keyboard.
        page.keyboard().press("Tab");
        return strings(FOCUS);
    }

    /** Fields whose edge is hardly to be seen. */
    List<String> fields() {
        return strings(FIELDS);
    }

    /** The widths at which the page scrolls sideways. Leaves the window as it was. */
    List<String> widths() {
        int width = page.viewportSize().width;
        int height = page.viewportSize().height;
        List<String> found = new ArrayList<>();
        for (int wanted = NARROWEST; wanted <= WIDEST; wanted += STEP) {
            page.setViewportSize(wanted, height);
            int needed = axe.evaluate("document.documentElement.scrollWidth").getAsInt();
            if (needed > wanted) {
                found.add("is %d px wide in a window of %d".formatted(needed, wanted));
            }
        }
        page.setViewportSize(width, height);
        return found;
    }

    /** Whether the page scrolls sideways when its words, and only these, are twice as large. Leaves them as they were. */
    List<String> largeText() {
        int width = page.viewportSize().width;
        int height = page.viewportSize().height;
        page.setViewportSize(LAPTOP, height);
        int needed = axe.evaluate("""
                (() => {
                  document.documentElement.style.fontSize = '200%';
                  const needed = document.documentElement.scrollWidth;
                  document.documentElement.style.fontSize = '';
                  return needed;
                })()""").getAsInt();
        page.setViewportSize(width, height);
        return needed > LAPTOP ? List.of("is %d px wide with words of twice the size".formatted(needed)) : List.of();
    }

    /** Goes through the page by the Tab key alone, from its top, and returns what did not show that it was reached. */
    static List<String> tabThrough(Page page) {
        Axe eyes = new Axe(page);
        eyes.evaluate("document.activeElement.blur()");
        eyes.evaluate(REMEMBER);
        eyes.evaluate("document.querySelector('.skip').focus()");
        int stops = eyes.evaluate(
                        "[...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, summary')]"
                                + ".filter(each => each.checkVisibility()).length")
                .getAsInt();
        List<String> found = new ArrayList<>();
        for (int i = 1; i < stops; i++) {
            page.keyboard().press("Tab");
            String unfit = eyes.evaluate(REACHED).getAsString();
            if (!unfit.isEmpty()) {
                found.add(unfit);
            }
        }
        return found;
    }

    private List<String> strings(String expression) {
        List<String> found = new ArrayList<>();
        for (JsonElement each : axe.evaluate(expression).getAsJsonArray()) {
            found.add(each.getAsString());
        }
        return found;
    }
}
