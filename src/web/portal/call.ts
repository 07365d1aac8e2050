import type { Request, Response } from 'express';
import type { AppError } from '../../domain/errors';
import type { Caller, ManagementDeps } from '../../management/deps';
import type { WebDeps } from '../deps';
import type { UploadedFile } from '../upload';
import type { PageOrganization } from '../page-context';
import type { PageModels } from '../page-models';
import { contextOf } from '../show';
import type { PortalForm } from './form-model';
import type { PortalFrame } from './frame-model';
import type { PortalPageName } from './pages';

/** A request to a portal, with who is asking and what surrounds the answer. */
export interface PortalCall {
  web: WebDeps;
  deps: ManagementDeps;
  req: Request;
  res: Response;
  caller: Caller;
  /** Slug of the organization that is managed; the owners' own on the owners' pages. */
  org: string;
  /** Path that every link of this portal begins with: `/acme/admin`, `/admin/organizations/acme` or `/admin`. */
  base: string;
  /** The organization whose name and colour the page bears. */
  organization: PageOrganization;
  frame: PortalFrame;
  params: Readonly<Record<string, string>>;
  /** Single-valued parameters. */
  query: Readonly<Record<string, string>>;
  form: PortalForm;
  /** Of a route that takes one: the file, empty when none came, or why it was not taken. */
  file?: { uploaded: UploadedFile } | { refusal: AppError };
}

/** Answers with a page of the portal. */
export function showPortal<K extends PortalPageName>(call: PortalCall, name: K, model: PageModels[K]): void {
  const { web, req, res, frame, organization } = call;
  const context = { ...contextOf(web, req, res), organization, portal: frame };
  res
    .set('Cache-Control', 'no-store')
    .type('html')
    .send(web.pages.render(name, model, context as never));
}

/** The file that a form brought. @throws AppError what `readUpload` refused */
export function fileOf({ file }: PortalCall): UploadedFile {
  if (!file) throw new Error('this route takes no file');
  if ('refusal' in file) throw file.refusal;
  return file.uploaded;
}

/**
 * After a form that did something: the page to go on to, which says so.
 * @param notice key below `portal` of the sentence, such as `users.notice.suspended`
 */
export function goOn({ res, base }: PortalCall, path: string, notice?: string): void {
  const separator = path.includes('?') ? '&' : '?';
  res.redirect(303, `${base}${path}${notice ? `${separator}notice=${encodeURIComponent(notice)}` : ''}`);
}
