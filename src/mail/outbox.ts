import { v7 as uuid } from 'uuid';
import { insertMail } from '../storage/mails';
import type { SecretBox } from '../storage/secret-box';
import { sealContent } from './content';
import type { Mailroom } from './mailroom';
import { oneLine } from './one-line';
import { createLetterRenderer } from './render';
import { senderHost } from './sender';

export interface MailroomParts {
  box: SecretBox;
  /** Where `views/mail` stands. */
  root: string;
  baseUrl: string;
  mailFrom?: string;
}

/**
 * The mailroom over the outbox: renders a letter in the recipient's language, seals it, and enqueues its delivery.
 * @throws when a catalogue of `views/mail` is missing
 */
export function createMailroom({ box, root, baseUrl, mailFrom }: MailroomParts): Mailroom {
  const render = createLetterRenderer(root, baseUrl);
  const host = senderHost(mailFrom, baseUrl);
  return {
    async post(tx, now, envelope, letter) {
      const { organization, to, name, linkId } = envelope;
      const id = uuid();
      const content = { from: oneLine(organization.name), toName: oneLine(name ?? ''), ...render(envelope, letter) };
      await insertMail(
        tx,
        {
          ...{ organizationId: organization.id, id, kind: letter.kind, linkId, recipient: to },
          messageId: `<${id}@${host}>`,
          content: sealContent(box, organization.id, content),
        },
        now,
      );
    },
  };
}
