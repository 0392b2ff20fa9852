package io.verstak.server.http.web;

import io.nayuki.qrcodegen.QrCode;

/**
 * A QR code (ISO/IEC 18004) to be drawn as SVG, error correction M.
 *
 * @param side length in modules, with the quiet zone of four on each side
 * @param path the dark modules, as the data of an SVG path in units of a module
 */
public record QrImage(int side, String path) {
    private static final int QUIET = 4;

    /** Returns the image of a text. */
    public static QrImage of(String text) {
        QrCode code = QrCode.encodeText(text, QrCode.Ecc.MEDIUM);
        StringBuilder path = new StringBuilder();
        for (int y = 0; y < code.size; y++) {
            for (int x = 0; x < code.size; x++) {
                if (code.getModule(x, y)) {
                    path.append('M')
                            .append(x + QUIET)
                            .append(' ')
                            .append(y + QUIET)
                            .append("h1v1h-1z");
                }
            }
        }
        return new QrImage(code.size + 2 * QUIET, path.toString());
    }
}
