/** Crashes, power cuts, full and failing disks under load: nothing acknowledged may be lost. */
@NullMarked
package io.verstak.server.torture;

import org.jspecify.annotations.NullMarked;
