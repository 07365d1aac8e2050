import { EntitySchema } from 'typeorm';
import type { ConnectionId, GroupId, LicenceId, OrganizationId, PermissionProfileId, SourceId } from '../domain/ids';
import type { SourceKind } from '../domain/policy';
import type { Brake } from '../domain/run';

/** Plain interfaces; the schemas below map them (columns are snake_case by the naming strategy). */
export interface DomainRow {
  organizationId: OrganizationId;
  id: string;
  domain: string;
  /** Value of the TXT record that proves the domain. */
  proofToken: string;
  verifiedAt: Date | null;
  verifiedBy: 'vouched' | 'dns' | null;
  createdAt: Date;
}

export interface GroupRow {
  organizationId: OrganizationId;
  id: GroupId;
  name: string;
  description: string | null;
  createdAt: Date;
}

export interface PermissionProfileRow {
  organizationId: OrganizationId;
  id: PermissionProfileId;
  name: string;
  description: string | null;
  createdAt: Date;
}

export interface LicenceRow {
  organizationId: OrganizationId;
  id: LicenceId;
  name: string;
  /** Null: unlimited. */
  seats: number | null;
  createdAt: Date;
}

export interface SourceRow {
  organizationId: OrganizationId;
  id: SourceId;
  kind: SourceKind;
  name: string;
  connectionId: ConnectionId | null;
  /** From when on its runs stop and ask; null: the default. */
  brake: Brake | null;
  createdAt: Date;
}

const island = {
  organizationId: { type: 'uuid', primary: true },
  id: { type: 'uuid', primary: true },
  createdAt: { type: 'timestamptz', createDate: true },
} as const;

export const domains = new EntitySchema<DomainRow>({
  name: 'domains',
  columns: {
    ...island,
    domain: { type: 'text' },
    proofToken: { type: 'text' },
    verifiedAt: { type: 'timestamptz', nullable: true },
    verifiedBy: { type: 'text', nullable: true },
  },
});

export const groups = new EntitySchema<GroupRow>({
  name: 'groups',
  columns: { ...island, name: { type: 'text' }, description: { type: 'text', nullable: true } },
});

export const permissionProfiles = new EntitySchema<PermissionProfileRow>({
  name: 'permission_profiles',
  columns: { ...island, name: { type: 'text' }, description: { type: 'text', nullable: true } },
});

export const licences = new EntitySchema<LicenceRow>({
  name: 'licences',
  columns: { ...island, name: { type: 'text' }, seats: { type: 'integer', nullable: true } },
});

export const sources = new EntitySchema<SourceRow>({
  name: 'sources',
  columns: {
    ...island,
    kind: { type: 'text' },
    name: { type: 'text' },
    connectionId: { type: 'uuid', nullable: true },
    brake: { type: 'jsonb', nullable: true },
  },
});

export const entities = [domains, groups, permissionProfiles, licences, sources];
