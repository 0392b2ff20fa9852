// Comfort only: every page works without this file.
(function () {
  'use strict';
  var language = document.documentElement.lang;

  // What is shown as it was sent, by its id: see the last part.
  var sent = {};
  document.querySelectorAll('[data-live]').forEach(function (part) { sent[part.id] = part.innerHTML; });

  // Times in the reader's own time zone.
  function format(at, exact) {
    var wanted = {day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hour12: false};
    if (at.getFullYear() !== new Date().getFullYear()) {
      wanted.year = 'numeric';
    }
    if (exact) {
      wanted.second = '2-digit';
    }
    return written(at, wanted);
  }
  // Russian writes "г." after a year, which says nothing.
  function written(at, wanted) {
    return new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, wanted).format(at).replace(/\s*г\./, '');
  }
  function localize(root) {
    root.querySelectorAll('time[datetime]').forEach(function (time) {
      var at = new Date(time.dateTime);
      if (!isNaN(at)) {
        time.title = written(at, {dateStyle: 'full', timeStyle: 'long'});
        time.textContent = 'ago' in time.dataset && ago(at) || format(at, 'exact' in time.dataset);
      }
    });
  }
  // In words for a week, as long as the clocks agree.
  function ago(at) {
    var words = new Intl.RelativeTimeFormat(language, {numeric: 'auto'});
    var minutes = Math.floor((Date.now() - at) / 60000);
    if (minutes < -5 || minutes >= 7 * 24 * 60) {
      return '';
    }
    if (minutes < 1) {
      return words.format(0, 'second');
    }
    return minutes < 60 ? words.format(-minutes, 'minute')
      : minutes < 24 * 60 ? words.format(-Math.floor(minutes / 60), 'hour') : words.format(-Math.floor(minutes / 1440), 'day');
  }

  // A time is typed in the reader's own time zone, and sent with its distance from UTC in minutes.
  document.querySelectorAll('[data-local-time]').forEach(function (field) {
    field.form.querySelectorAll('[data-utc]').forEach(function (note) { note.hidden = true; });
    field.form.addEventListener('submit', function () {
      var offset = field.form.querySelector('[name=offset]') || document.createElement('input');
      offset.type = 'hidden';
      offset.name = 'offset';
      offset.value = -new Date(field.value).getTimezoneOffset();
      field.form.append(offset);
    });
  });

  // The value of a slider.
  document.querySelectorAll('[data-shown]').forEach(function (slider) {
    slider.addEventListener('input', function () {
      document.getElementById(slider.dataset.shown).textContent = new Intl.NumberFormat(language).format(slider.value);
    });
  });

  // What asks once more, as a dialog.
  function makeDialog(details) {
    var sheet = details.querySelector('.sheet');
    var summary = details.querySelector('summary');
    if (!sheet || !window.HTMLDialogElement) {
      return;
    }
    var dialog = document.createElement('dialog');
    dialog.setAttribute('aria-label', sheet.dataset.title);
    var cancel = document.createElement('button');
    cancel.type = 'button';
    cancel.className = 'secondary';
    cancel.textContent = sheet.dataset.cancel;
    cancel.addEventListener('click', function () { dialog.close(); });
    summary.addEventListener('click', function (event) {
      event.preventDefault();
      (sheet.querySelector('.actions') || sheet).appendChild(cancel);
      dialog.appendChild(sheet);
      document.body.appendChild(dialog);
      dialog.showModal();
      var field = dialog.querySelector('[aria-invalid]') || dialog.querySelector('input:not([type=hidden], [hidden]), button');
      if (field) {
        field.focus();
      }
    });
    dialog.addEventListener('click', function (event) {
      if (event.target === dialog) {
        dialog.close();
      }
    });
    dialog.addEventListener('close', function () {
      cancel.remove();
      details.appendChild(sheet);
      dialog.remove();
      summary.focus();
    });
    // It was refused: it is open again with the reason in it, which need not stand on the page as well.
    if ('again' in details.dataset) {
      document.querySelectorAll('main > .note.bad[role=alert], article > .note.bad[role=alert]').forEach(function (note) { note.remove(); });
      details.open = false;
      summary.click();
    }
  }

  // What can be copied with one press. Browsers have the newer way on https only.
  function copy(text) {
    if (navigator.clipboard) {
      return navigator.clipboard.writeText(text);
    }
    var field = document.createElement('textarea');
    var before = document.activeElement;
    field.value = text;
    field.className = 'unseen';
    (document.querySelector('dialog[open]') || document.body).appendChild(field);
    field.select();
    var done = document.execCommand('copy');
    field.remove();
    before.focus();
    return done ? Promise.resolve() : Promise.reject(new Error('not copied'));
  }
  function makeCopy(button) {
    button.hidden = false;
    button.addEventListener('click', function () {
      copy(button.dataset.copy).then(function () {
        var before = button.textContent;
        button.textContent = button.dataset.done;
        setTimeout(function () { button.textContent = before; }, 2000);
      }).catch(function () { button.hidden = true; });
    });
  }

  // What is typed blind can be looked at; it is sent as what it was, so that browsers offer to keep it.
  function makeEye(button) {
    var field = button.previousElementSibling;
    function reveal(shown) {
      field.type = shown ? 'text' : 'password';
      field.spellcheck = false;
      button.setAttribute('aria-pressed', shown);
    }
    button.hidden = false;
    button.addEventListener('click', function () { reveal(field.type === 'password'); });
    if (field.form) {
      field.form.addEventListener('submit', function () { reveal(false); });
    }
  }

  function equip(root) {
    localize(root);
    root.querySelectorAll('[data-reveal]').forEach(makeEye);
    root.querySelectorAll('details.confirm').forEach(makeDialog);
    root.querySelectorAll('[data-copy]').forEach(makeCopy);
  }
  equip(document);

  // The clock of the browser against the server's, to within the time that the page took.
  document.querySelectorAll('[data-clock]').forEach(function (line) {
    var apart = Math.round((Date.now() - performance.now() - line.dataset.clock) / 1000);
    if (Math.abs(apart) > 30) {
      line.querySelector('.tag').className = 'tag warn';
      line.querySelector('.tag').textContent = line.dataset.warn;
      line.lastElementChild.textContent = line.dataset.apart.replace('{0}', new Intl.NumberFormat(language).format(apart));
    }
  });

  // What people keep on paper.
  document.querySelectorAll('[data-print]').forEach(function (button) {
    button.hidden = false;
    button.addEventListener('click', function () { window.print(); });
  });

  // A key for the search of administrators.
  document.addEventListener('keydown', function (event) {
    var search = document.querySelector('nav a[href$="/admin/search"]');
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || !search
      || event.target.closest('input, select, textarea, dialog, [contenteditable]')) {
      return;
    }
    event.preventDefault();
    var field = document.querySelector('form[role=search] input[name=q]');
    if (field) {
      field.focus();
    } else {
      location.assign(search.href);
    }
  });

  // All rows of a list at once.
  document.querySelectorAll('a[data-all]').forEach(function (link) {
    link.addEventListener('click', function (event) {
      var boxes = Array.from(document.querySelectorAll('input[type=checkbox][form="' + link.dataset.all + '"]'));
      var all = boxes.every(function (box) { return box.checked; });
      boxes.forEach(function (box) { box.checked = !all; });
      event.preventDefault();
    });
  });

  // No form twice by a double press.
  var sentAt = 0;
  document.addEventListener('submit', function (event) {
    var form = event.target;
    if (form.method !== 'post') {
      return;
    }
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    sentAt = Date.now();
    form.dataset.sent = '1';
    setTimeout(function () { delete form.dataset.sent; }, 3000);
  });

  // Figures and states follow the server, while somebody looks at the page and works in none of them: at once where the page has a stream of
  // events, or else, and while there is none, every ten seconds. A proxy may keep events back: so every minute in any case.
  var period = 10000;
  var looked = Date.now();
  var events = (document.querySelector('main[data-events]') || {dataset: {}}).dataset.events;
  var stream;
  var opened = 0;
  var overdue = false;
  function busy() {
    return document.hidden || document.querySelector('dialog[open]');
  }
  function follow() {
    if (document.hidden || !events || !window.EventSource) {
      return;
    }
    opened = Date.now();
    stream = new EventSource(events);
    // What has changed before it was open.
    stream.onopen = refresh;
    stream.addEventListener('changed', refresh);
    stream.addEventListener('ended', function () {
      stream.close();
      refresh();
    });
  }
  function refresh() {
    if (busy()) {
      overdue = true;
      return;
    }
    overdue = false;
    looked = Date.now();
    fetch(location.href).then(function (answer) {
      var over = answer.redirected && /\/login$/.test(new URL(answer.url).pathname);
      // A form that signs out ends the session, too, and leads to a page of its own.
      if (over && !busy() && Date.now() - sentAt > 2 * period) {
        location.assign(answer.url);
      }
      return answer.ok && !over ? answer.text() : '';
    }).then(function (text) {
      var fresh = new DOMParser().parseFromString(text, 'text/html');
      document.querySelectorAll('[data-live]').forEach(function (part) {
        var now = text && fresh.getElementById(part.id);
        if (!now) {
          if (text && part.dataset.live === 'reload') {
            location.reload();
          }
        } else if (now.innerHTML !== sent[part.id]) {
          replace(part, now);
        }
      });
    }).catch(function () { /* The next one finds out whether the server is back. */ });
  }
  function replace(part, now) {
    var html = now.innerHTML;
    var held = part.contains(document.activeElement) ? document.activeElement : null;
    var again = null;
    equip(now);
    if (held) {
      // The same control of the same row, or the part stays until somebody is done with it.
      var whole = held.closest('details.confirm') || held;
      again = Array.from(now.querySelectorAll(whole.tagName)).find(function (one) { return one.outerHTML === whole.outerHTML; });
      again = again && (whole === held ? again : again.querySelector('summary'));
    }
    if (busy() || part.querySelector('details[open]') || held && (!again || held.matches('input, select, textarea'))) {
      overdue = true;
      return;
    }
    sent[part.id] = html;
    part.replaceChildren.apply(part, Array.from(now.childNodes));
    if (again) {
      again.focus();
    }
  }
  if (Object.keys(sent).length) {
    setInterval(function () {
      var open = stream && stream.readyState === 1;
      if (overdue || !open || Date.now() - looked >= 6 * period) {
        refresh();
      }
      if (stream && stream.readyState === 2 && Date.now() - opened > 6 * period) {
        follow();
      }
    }, period);
    document.addEventListener('visibilitychange', function () {
      if (document.hidden) {
        if (stream) {
          stream.close();
          stream = null;
        }
      } else {
        follow();
        if (!stream) {
          refresh();
        }
      }
    });
    // A page that is left gives its connection back.
    window.addEventListener('pagehide', function () { if (stream) { stream.close(); } });
    window.addEventListener('pageshow', function (event) { if (event.persisted) { follow(); } });
    follow();
  }
})();
