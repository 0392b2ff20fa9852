/** What tests look at pages with: Chromium, axe, and the rules of the screens. */
@NullMarked
package io.verstak.server.testkit.browser;

import org.jspecify.annotations.NullMarked;
