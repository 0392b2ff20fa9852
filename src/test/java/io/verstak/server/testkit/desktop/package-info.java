/** A desktop with a folder of files, which applies ops as shipped ones do, and a team that works with such desktops. */
@NullMarked
package io.verstak.server.testkit.desktop;

import org.jspecify.annotations.NullMarked;
