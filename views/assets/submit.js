// A page that carries a message to an identity provider sends it by itself; the button does the same without scripts.
document.querySelector('form[data-submit-at-once]')?.submit();
