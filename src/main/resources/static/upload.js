// Several files, one after the other, each as the form sends it. Without this file the form takes one.
(function () {
  'use strict';
  var form = document.querySelector('form[data-folder]');
  var field = form.querySelector('input[type=file]');
  var list = document.getElementById('uploads');
  var sending = false;
  field.multiple = true;
  form.querySelector('[data-drop]').hidden = false;

  form.addEventListener('dragover', function (event) { event.preventDefault(); });
  form.addEventListener('drop', function (event) {
    event.preventDefault();
    if (!sending && event.dataTransfer.files.length) {
      field.files = event.dataTransfer.files;
    }
  });
  form.addEventListener('submit', function (event) {
    if (field.files.length < 2) {
      return;
    }
    event.preventDefault();
    sendAll(Array.from(field.files), event.submitter && event.submitter.getAttribute('formaction') || form.action);
  });
  window.addEventListener('beforeunload', function (event) {
    if (sending) {
      event.preventDefault();
    }
  });

  // What was refused stays chosen.
  async function sendAll(files, action) {
    var rest = new DataTransfer();
    busy(true);
    list.replaceChildren();
    list.hidden = false;
    for (const file of files) {
      if (!await send(file, action)) {
        rest.items.add(file);
      }
    }
    busy(false);
    field.files = rest.files;
    if (!rest.files.length) {
      location.assign(form.dataset.folder);
    }
  }
  function busy(now) {
    sending = now;
    field.disabled = now;
    form.querySelectorAll('button').forEach(function (button) { button.disabled = now; });
  }

  // Returns whether it was added: the server then leads to the folder, and else answers with the page and the reason in it.
  async function send(file, action) {
    var row = document.createElement('li');
    var name = document.createElement('strong');
    var state = document.createElement('span');
    name.textContent = file.name;
    state.textContent = form.dataset.sending;
    row.append(name, ' ', state);
    list.append(row);
    try {
      var body = new FormData();
      body.append('file', file);
      var answer = await fetch(action, {method: 'POST', body: body});
      if (answer.redirected && /\/login$/.test(new URL(answer.url).pathname)) {
        sending = false;
        location.assign(answer.url);
        return false;
      }
      var added = answer.ok && answer.redirected;
      var page = added ? null : new DOMParser().parseFromString(await answer.text(), 'text/html');
      var reason = page && (page.querySelector('main [role=alert]') || page.querySelector('main'));
      state.textContent = added ? form.dataset.added : reason.textContent.trim();
      return added;
    } catch (broken) {
      state.textContent = form.dataset.broken;
      return false;
    }
  }
})();
