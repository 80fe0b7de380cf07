import { repositories, type DataSource } from '@cairn/dao';
import { ApiError } from '../http/api-error.js';
import { hashOf, parseKey, sameHash } from './api-key.js';
import { LOCAL_CALLER, OPERATOR, type Caller } from './caller.js';

/** Whose a request is, and how many a minute it may make; `perMinute` is absent for any number. */
export interface Identified {
  readonly caller: Caller;
  readonly perMinute?: number;
}

/** Says on whose behalf a request is made. */
export interface Authority {
  /** Requests need no key: the installation is of one machine. */
  readonly local: boolean;
  /**
   * Requests without a valid key in a minute from one address; those above are told to wait. Valid keys are not held up
   * by it.
   */
  readonly failuresPerMinute: number;
  /**
   * @param authorization the header
   * @returns undefined when no valid key was sent
   * @throws when the database is away
   */
  identify(authorization: string | undefined): Promise<Identified | undefined>;
}

/** Everybody who reaches the API is its one user. */
export const localAuthority: Authority = {
  local: true,
  failuresPerMinute: Infinity,
  identify: () => Promise.resolve({ caller: LOCAL_CALLER }),
};

/** So many times as many requests a key may make as an address may without one. */
const FAILURES_SHARE = 20;

/** Requests carry the key of a tenant or of the operator. */
export class KeyAuthority implements Authority {
  readonly local = false;
  readonly failuresPerMinute: number;

  constructor(
    private readonly dataSource: DataSource,
    private readonly operatorKeyHash: string,
    private readonly defaultPerMinute: number,
  ) {
    this.failuresPerMinute = Math.ceil(defaultPerMinute / FAILURES_SHARE);
  }

  async identify(authorization: string | undefined): Promise<Identified | undefined> {
    const token = /^bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) return undefined;
    const parsed = parseKey(token);
    if (!parsed) return sameHash(hashOf(token), this.operatorKeyHash) ? { caller: OPERATOR } : undefined;
    const keys = repositories(this.dataSource).apiKeys.acrossTenants;
    const key = await keys.findUsable(parsed.keyId);
    const hash = hashOf(parsed.secret);
    if (!key?.hashes.some(known => sameHash(hash, known))) return undefined;
    if (key.useIsDue) await keys.noteUse(key.id);
    const { id: keyId, tenantId, name, role, gateRoles, ratePerMinute, maxBodyBytes, maxUploadBytes } = key;
    const limits = { maxBodyBytes, maxUploadBytes };
    return {
      caller: { tenantId, role, name, keyId, gateRoles, operates: false, limits },
      perMinute: ratePerMinute ?? this.defaultPerMinute,
    };
  }
}

/** The refusal of a request without a valid key. Which of all reasons it is, is nobody's business. */
export const unauthenticated = (): ApiError =>
  new ApiError('UNAUTHENTICATED', 'Send a valid key, as `Authorization: Bearer <key>`', {
    'WWW-Authenticate': 'Bearer realm="cairn"',
  });
