// A large file takes a while on its way: the form says so, and is sent once.
const form = document.querySelector('form[data-uploads]');
form?.addEventListener('submit', () => {
  form.querySelector('[data-uploading]').hidden = false;
  for (const button of form.querySelectorAll('button')) setTimeout(() => (button.disabled = true));
});
