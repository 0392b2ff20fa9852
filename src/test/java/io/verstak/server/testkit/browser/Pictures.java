package io.verstak.server.testkit.browser;

import java.awt.Graphics2D;
import java.awt.Image;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import javax.imageio.ImageIO;

/**
 * Compares what a browser shows with pictures that somebody has looked at and accepted: small and grey, so that they show a change
 * of the layout and not each letter. To accept what the pages look like now: run the tests of screens with {@code
 * -Dverstak.test.pictures=accept} and look at what {@code git diff} names. A view without an accepted picture is not compared.
 */
final class Pictures {
    static final Path ACCEPTED = Path.of("src", "test", "resources", "screens");

    private static final Path REFUSED = Path.of("target", "screens", "refused");
    private static final boolean ACCEPT = "accept".equals(System.getProperty("verstak.test.pictures"));

    /** Of the width and height of a window, so much is a pixel of the picture. */
    private static final int SCALE = 10;

    /** A page that is longer is compared to this height, in its own pixels. */
    private static final int LONGEST = 1600;

    /** By how many shades of 256 a pixel may differ: dates, names and versions do. */
    private static final int SHADES = 40;

    /** How much of a picture may differ by more. */
    private static final double SHARE = 0.04;

    /** How many pixels lower or higher the rest of a page may be, for a date or an id that takes another line. */
    private static final int SHIFT = 5;

    private Pictures() {}

    /** Says what is different from the accepted picture of this view, or accepts it. */
    static Optional<String> differences(String view, byte[] png) {
        Path accepted = ACCEPTED.resolve(view + ".png");
        try {
            BufferedImage now = small(ImageIO.read(new ByteArrayInputStream(png)));
            if (ACCEPT) {
                Files.createDirectories(ACCEPTED);
                if (!Files.exists(accepted) || different(now, ImageIO.read(accepted.toFile())) > 0) {
                    ImageIO.write(now, "png", accepted.toFile());
                }
                return Optional.empty();
            }
            if (!Files.exists(accepted)) {
                return Optional.empty();
            }
            double different = different(now, ImageIO.read(accepted.toFile()));
            if (different <= SHARE) {
                return Optional.empty();
            }
            Files.createDirectories(REFUSED);
            ImageIO.write(now, "png", REFUSED.resolve(view + ".png").toFile());
            return Optional.of(
                    "%s differs from its accepted picture in %.1f %% of it; accept it with -Dverstak.test.pictures=accept"
                            .formatted(view, different * 100));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the share of pixels that differ, wherever within some lines' height the rest of the page begins. */
    private static double different(BufferedImage now, BufferedImage accepted) {
        if (now.getWidth() != accepted.getWidth()) {
            return 1;
        }
        int count = 0;
        for (int y = 0; y < now.getHeight(); y++) {
            int least = now.getWidth();
            for (int other = Math.max(0, y - SHIFT); other <= Math.min(accepted.getHeight() - 1, y + SHIFT); other++) {
                least = Math.min(least, different(now, y, accepted, other));
            }
            count += least;
        }
        int missing = Math.max(0, accepted.getHeight() - now.getHeight() - SHIFT);
        return (double) (count + missing * now.getWidth()) / (now.getWidth() * now.getHeight());
    }

    private static int different(BufferedImage now, int y, BufferedImage accepted, int other) {
        int count = 0;
        for (int x = 0; x < now.getWidth(); x++) {
            int difference =
                    now.getRaster().getSample(x, y, 0) - accepted.getRaster().getSample(x, other, 0);
            if (Math.abs(difference) > SHADES) {
                count++;
            }
        }
        return count;
    }

    private static BufferedImage small(BufferedImage full) {
        int height = Math.min(full.getHeight(), LONGEST);
        int wide = full.getWidth() / SCALE;
        int high = height / SCALE;
        BufferedImage small = new BufferedImage(wide, high, BufferedImage.TYPE_BYTE_GRAY);
        Image scaled = full.getSubimage(0, 0, full.getWidth(), height)
                .getScaledInstance(wide, high, Image.SCALE_AREA_AVERAGING);
        Graphics2D graphics = small.createGraphics();
        graphics.drawImage(scaled, 0, 0, null);
        graphics.dispose();
        return small;
    }
}
