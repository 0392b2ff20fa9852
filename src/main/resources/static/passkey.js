// Passkeys: runs what the server asks for, and sends the answer with the form. Without this file, or in a browser without passkeys, the forms
// stay hidden.
(function () {
  'use strict';
  if (!window.PublicKeyCredential || !navigator.credentials) {
    return;
  }
  var FRESH = 4 * 60 * 1000;
  var waiting;

  document.querySelectorAll('form[data-passkey]').forEach(function (form) {
    var state = {form: form, at: Date.now()};
    form.hidden = false;
    form.addEventListener('submit', function (event) {
      event.preventDefault();
      event.stopPropagation();
      press(state);
    });
    if ('autofill' in form.dataset) {
      offer(state);
    }
  });
  document.querySelectorAll('[data-without-passkeys]').forEach(function (text) { text.hidden = true; });

  function press(state) {
    if (state.busy) {
      return;
    }
    state.busy = true;
    say(state, '');
    if (waiting) {
      waiting.abort();
    }
    renew(state).then(function () { return ask(state, {}); }).then(function (answer) { send(state, answer); })
      .catch(function (failure) {
        state.busy = false;
        say(state, failure.name === 'InvalidStateError' && state.form.dataset.known
          || failure.name === 'NotAllowedError' && state.form.dataset.cancelled || state.form.dataset.failed);
      });
  }

  // Passkeys among what the browser offers at the field of the username. A challenge expires, so it is offered again.
  function offer(state) {
    if (!PublicKeyCredential.isConditionalMediationAvailable) {
      return;
    }
    PublicKeyCredential.isConditionalMediationAvailable().then(function (available) {
      if (!available || state.busy) {
        return;
      }
      waiting = new AbortController();
      var mine = waiting;
      var timer = setTimeout(function () {
        mine.abort();
        renew(state).then(function () { offer(state); }).catch(function () {});
      }, FRESH);
      ask(state, {mediation: 'conditional', signal: mine.signal}).then(function (answer) { send(state, answer); })
        .catch(function () { clearTimeout(timer); });
    }).catch(function () {});
  }

  // Takes another challenge from the page if the one here is about to expire.
  function renew(state) {
    if (Date.now() - state.at < FRESH) {
      return Promise.resolve();
    }
    return fetch(state.form.dataset.renew || location.href, {credentials: 'same-origin'})
      .then(function (response) { return response.text(); })
      .then(function (text) {
        var page = new DOMParser().parseFromString(text, 'text/html');
        var fresh = page.querySelector('form[data-passkey][action="' + state.form.getAttribute('action') + '"]');
        if (!fresh) {
          throw new Error('the page has changed');
        }
        state.form.dataset.passkey = fresh.dataset.passkey;
        state.at = Date.now();
      });
  }

  function ask(state, options) {
    var request = JSON.parse(state.form.dataset.passkey);
    request.challenge = bytes(request.challenge);
    (request.allowCredentials || []).concat(request.excludeCredentials || []).forEach(function (known) {
      known.id = bytes(known.id);
      if (!known.transports.length) {
        delete known.transports;
      }
    });
    options.publicKey = request;
    if (!request.user) {
      return navigator.credentials.get(options);
    }
    request.user.id = bytes(request.user.id);
    return navigator.credentials.create(options);
  }

  function send(state, credential) {
    var response = credential.response;
    var answer = {clientDataJSON: text(response.clientDataJSON)};
    if (response.attestationObject) {
      answer.attestationObject = text(response.attestationObject);
      answer.transports = response.getTransports ? response.getTransports() : [];
    } else {
      answer.authenticatorData = text(response.authenticatorData);
      answer.signature = text(response.signature);
      if (response.userHandle && response.userHandle.byteLength) {
        answer.userHandle = text(response.userHandle);
      }
    }
    state.form.elements.credential.value = JSON.stringify({
      id: credential.id, rawId: text(credential.rawId), type: credential.type, clientExtensionResults: {}, response: answer
    });
    state.form.submit();
  }

  function say(state, words) {
    var place = state.form.querySelector('[role=alert]');
    place.textContent = words;
    place.hidden = !words;
  }

  function bytes(base64url) {
    return Uint8Array.from(atob(base64url.replace(/-/g, '+').replace(/_/g, '/')), function (c) { return c.charCodeAt(0); });
  }

  function text(buffer) {
    return btoa(String.fromCharCode.apply(null, new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  }
})();
