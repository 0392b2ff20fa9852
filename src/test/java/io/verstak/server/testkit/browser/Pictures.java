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
 * -Dverstak.test.pictures=accept} and look at what {@code git diff} names. A view without an accepted picture is not compared;
 * {@code AcceptedPicturesTest} names these.
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
    private static final double SHARE = 0.03;

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

    /** Returns the share of pixels that differ, a difference of size included. */
    private static double different(BufferedImage one, BufferedImage other) {
        int width = Math.max(one.getWidth(), other.getWidth());
        int height = Math.max(one.getHeight(), other.getHeight());
        int count = 0;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                if (Math.abs(shade(one, x, y) - shade(other, x, y)) > SHADES) {
                    count++;
                }
            }
        }
        return (double) count / (width * height);
    }

    private static int shade(BufferedImage image, int x, int y) {
        boolean inside = x < image.getWidth() && y < image.getHeight();
        // What only one of both has is as different as can be from a light and a dark page.
        return inside ? image.getRaster().getSample(x, y, 0) : -2 * SHADES;
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
