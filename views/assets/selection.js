// A selection survives paging and searching: this tab remembers it until something was done with it.
const keyOf = (path) => `selection:${path}`;

const done = document.querySelector('[data-selection-done]');
if (done) sessionStorage.removeItem(keyOf(done.dataset.selectionDone));

const form = document.querySelector('form[data-selection]');

if (form) {
  const key = keyOf(location.pathname);
  const chosen = new Set(JSON.parse(sessionStorage.getItem(key) ?? '[]'));
  const boxes = [...document.querySelectorAll(`input[type="checkbox"][form="${form.id}"]`)];
  const text = form.querySelector('[data-selection-text]');
  const before = text.textContent;
  const look = () => {
    sessionStorage.setItem(key, JSON.stringify([...chosen]));
    text.textContent = chosen.size ? text.dataset.selectionText.replace('#', chosen.size) : before;
  };
  for (const box of boxes) {
    if (chosen.has(box.value)) box.checked = true;
    box.addEventListener('change', () => {
      chosen[box.checked ? 'add' : 'delete'](box.value);
      look();
    });
    if (box.checked) box.dispatchEvent(new Event('change'));
  }
  look();
  form.addEventListener('formdata', ({ formData }) => {
    formData.delete(form.dataset.selection);
    formData.set(form.dataset.selection, [...chosen].join());
  });
}
