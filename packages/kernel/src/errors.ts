import { BaseError, reason } from '@plimsoll/domain'

/** The event log cannot be read: not a database, damaged, or with a hole in its numbers. */
export class CorruptEventStoreError extends BaseError {
  override readonly code = 'DATA_EVENT_STORE_CORRUPT'
  override readonly recovery = 'halt'

  constructor(p: { readonly path: string; readonly found: string; readonly cause?: unknown }) {
    super(
      `Event log ${p.path} is damaged: found ${p.found}, allowed: an intact log without gaps. Restore it from a copy; do not start on an empty one while transactions may be open.`,
      { cause: p.cause },
    )
  }
}

/** The event log was written by a later version. */
export class EventStoreVersionError extends BaseError {
  override readonly code = 'INPUT_EVENT_STORE_VERSION'
  override readonly recovery = 'halt'

  constructor(p: { readonly path: string; readonly found: number; readonly known: number }) {
    super(
      `Event log ${p.path} has schema version ${p.found}; this program knows up to ${p.known}. Start the newer program, or name another log.`,
    )
  }
}

/** The event log did not take an event, so nothing that depends on it may happen. */
export class EventStoreWriteError extends BaseError {
  override readonly code = 'EXECUTION_EVENT_STORE_WRITE'
  override readonly recovery = 'halt'

  constructor(p: { readonly path: string; readonly cause?: unknown }) {
    super(
      `Event log ${p.path} did not take an event: ${reason(p.cause)}. Nothing unjournaled was sent; free the disk or repair the log, then resume.`,
      { cause: p.cause },
    )
  }
}

/** The chain counts another number of transactions of the signer than the journal does. */
export class NonceMismatchError extends BaseError {
  override readonly code = 'EXECUTION_NONCE_MISMATCH'
  override readonly recovery = 'reconcile'

  constructor(p: { readonly journal: number; readonly chain: number }) {
    super(
      `Next nonce is ${p.journal} by the journal and ${p.chain} by the chain. ${
        p.chain < p.journal
          ? 'A transaction was dropped or a block replaced'
          : 'Another program sends with this key'
      }: reconcile before anything is signed.`,
    )
  }
}
