// Comforts of the portal: every page does without them.
for (const select of document.querySelectorAll('select[data-submits]'))
  select.addEventListener('change', () => select.form.requestSubmit());

for (const button of document.querySelectorAll('button[data-copies]')) {
  const source = document.getElementById(button.dataset.copies);
  const words = button.querySelector('span');
  const before = words.textContent;
  button.hidden = false;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(source.value ?? source.textContent);
    words.textContent = button.dataset.copied;
    setTimeout(() => (words.textContent = before), 2000);
  });
}

for (const all of document.querySelectorAll('input[data-select-page]')) {
  const boxes = [...all.closest('table').querySelectorAll('tbody .check input')];
  const look = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    all.checked = chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
  };
  all.hidden = false;
  all.addEventListener('change', () => {
    for (const box of boxes) if (box.checked !== all.checked) box.click();
  });
  for (const box of boxes) box.addEventListener('change', look);
  look();
}

for (const zone of document.querySelectorAll('[data-drop]')) {
  const input = zone.querySelector('input[type="file"]');
  zone.addEventListener('dragover', (event) => {
    event.preventDefault();
    zone.classList.add('over');
  });
  zone.addEventListener('dragleave', () => zone.classList.remove('over'));
  zone.addEventListener('drop', (event) => {
    event.preventDefault();
    zone.classList.remove('over');
    input.files = event.dataTransfer.files;
  });
}
