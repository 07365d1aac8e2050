// The button beside a password shows what was typed. Without scripts there is no button.
for (const button of document.querySelectorAll('button.reveal')) {
  const input = document.getElementById(button.getAttribute('aria-controls'));
  const show = (shown) => {
    input.type = shown ? 'text' : 'password';
    button.setAttribute('aria-pressed', String(shown));
  };
  button.hidden = false;
  button.addEventListener('click', () => show(input.type === 'password'));
  // A browser would remember for later what was sent as text.
  input.form.addEventListener('submit', () => show(false));
}
