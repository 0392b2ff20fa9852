package io.verstak.server.account;

import io.verstak.server.account.BusOwnAccount.LanguageChoice;
import io.verstak.server.account.OwnAccount.ProfileView;
import io.verstak.server.domain.Language;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.account.ProfileStore;
import io.verstak.server.storage.account.ProfileStore.Profile;
import io.vertx.core.Future;
import java.time.Clock;

/** Returns users' own accounts. */
final class Profiles {
    private final ProfileStore store;
    private final Clock clock;

    Profiles(ProfileStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    Future<ProfileView> find(SessionIdentity session) {
        return store.find(session.owner(), clock.millis())
                .compose(found -> found.map(profile -> Future.succeededFuture(view(profile)))
                        .orElseGet(() -> Future.failedFuture(new ServerException(ErrorCode.UNAUTHORIZED))));
    }

    Future<Void> setLanguage(LanguageChoice choice) {
        String tag = choice.language();
        return tag.isEmpty() || Language.of(tag).locale().toLanguageTag().equals(tag)
                ? store.setLanguage(choice.session().owner(), tag)
                : Future.failedFuture(new ServerException(ErrorCode.INVALID_REQUEST, "There are no texts in it."));
    }

    private static ProfileView view(Profile profile) {
        return new ProfileView(
                profile.userId(),
                profile.username(),
                profile.email(),
                profile.wantedEmail(),
                profile.language(),
                profile.deleteAfter(),
                profile.createdAt());
    }
}
