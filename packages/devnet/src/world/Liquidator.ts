import { type Address, type Price, reason } from '@plimsoll/domain'
import type { FeedAsset } from '../deployment.ts'
import type { MinedBlock, MinedCall, WorldCall } from './createBlockBuilder.ts'
import type { Stage } from './Stage.ts'
import type { TradeCall } from './trading.ts'
import type { Liquidation, PositionFlag, Refusal } from './WorldFrame.ts'

/** A liquidation that was tried out on the latest block. */
export interface Attempt extends WorldCall {
  readonly account: Address
}

/** Which attempts the protocol would carry out now, and which it would not although the account is below its margin. */
export interface Findings {
  readonly attempts: readonly Attempt[]
  readonly refusals: readonly Refusal[]
}

/** What became of an attempt. */
export interface Outcome {
  /** Null when it was only the first step of two. */
  readonly liquidation: Liquidation | null
  /** That first step. */
  readonly flag?: PositionFlag
  /** How the liquidator gets rid of what it took; null when it took dollars. */
  readonly sale: TradeCall | null
}

export type Prices = Readonly<Record<FeedAsset, Price>>

/** A bot that liquidates on one protocol, from its own account and its own purse. */
export interface Liquidator {
  /** What it needs before its first liquidation. */
  readonly inventory: readonly WorldCall[]
  /** At most one attempt per account and margin domain. */
  find(accounts: readonly Address[], prices: Prices): Promise<Findings>
  /** Null when it was reverted. */
  read(mined: MinedCall, block: MinedBlock, prices: Prices): Outcome | null
}

/** Tries the variants of a liquidation on the latest block and takes the first that goes through. */
export async function tryOut(stage: Stage, variants: readonly Attempt[]): Promise<Findings> {
  const refusals: Refusal[] = []
  for (const variant of variants) {
    try {
      await stage.client.call({ account: variant.from, to: variant.to, data: variant.data })
      return { attempts: [variant], refusals: [] }
    } catch (cause) {
      refusals.push({ action: variant.action, reason: reason(cause) })
    }
  }
  return { attempts: [], refusals }
}

/** All findings as one. */
export function gather(findings: readonly Findings[]): Findings {
  return {
    attempts: findings.flatMap(({ attempts }) => attempts),
    refusals: findings.flatMap(({ refusals }) => refusals),
  }
}
