import { BaseError } from '@plimsoll/domain'

/** anvil has no binary for this machine, or its package is not installed. */
export class NodeBinaryError extends BaseError {
  override readonly code = 'INPUT_NODE_BINARY'
  override readonly recovery = 'halt'

  constructor(p: { readonly platform: string; readonly cause?: unknown }) {
    super(
      `No anvil binary for ${p.platform}; there are binaries for Linux and macOS on x64 and arm64, and for Windows on x64. Install the workspace again on one of these.`,
      { cause: p.cause },
    )
  }
}

/** anvil ended, or did not answer, before it was ready. */
export class NodeStartError extends BaseError {
  override readonly code = 'VENUE_NODE_START'
  override readonly recovery = 'retry'

  constructor(p: { readonly reason: string; readonly output: string }) {
    super(
      `anvil did not start: ${p.reason}. Its last words: ${p.output || '(none)'}. If the port is taken, leave the port out.`,
    )
  }
}

/** A transaction of the deployment, or of the driver, was refused by the chain. */
export class DevnetTransactionError extends BaseError {
  override readonly code = 'INVARIANT_DEVNET_TRANSACTION'
  override readonly recovery = 'halt'

  constructor(p: { readonly action: string; readonly cause?: unknown }) {
    super(
      `${p.action} was refused by the devnet, which allows all of its own set-up. The cause says why.`,
      {
        cause: p.cause,
      },
    )
  }
}

/** A protocol package does not hold the contract asked for. */
export class MissingArtifactError extends BaseError {
  override readonly code = 'INPUT_MISSING_ARTIFACT'
  override readonly recovery = 'halt'

  constructor(p: {
    readonly packageName: string
    readonly contract: string
    readonly found: number
  }) {
    super(
      `${p.packageName} has ${p.found} artifacts named ${p.contract}, exactly one is needed. Name a contract that its artifacts folder holds once.`,
    )
  }
}

/** A contract was deployed without an address for a library it links. */
export class MissingLibraryError extends BaseError {
  override readonly code = 'INVARIANT_MISSING_LIBRARY'
  override readonly recovery = 'halt'

  constructor(p: { readonly contract: string; readonly library: string }) {
    super(
      `${p.contract} links ${p.library}, which has no address. Deploy the library first and pass it.`,
    )
  }
}

/** The virtual quote token must sort above every base token, and does not. */
export class TokenOrderError extends BaseError {
  override readonly code = 'INVARIANT_TOKEN_ORDER'
  override readonly recovery = 'halt'

  constructor(p: { readonly base: string; readonly quote: string }) {
    super(
      `Base token ${p.base} sorts above the quote token ${p.quote}; Perp v2 allows it only below. Choose another key for the account that deploys the quote token.`,
    )
  }
}

/** A snapshot was reverted to twice, or never taken. */
export class UnknownSnapshotError extends BaseError {
  override readonly code = 'INPUT_UNKNOWN_SNAPSHOT'
  override readonly recovery = 'halt'

  constructor(id: string) {
    super(
      `Snapshot ${id} does not exist; each can be reverted to once. Take a new one after every revert.`,
    )
  }
}
