import { reason } from '@plimsoll/domain'
import type { MinedBlock } from './createBlockBuilder.ts'
import type { Outcome } from './Liquidator.ts'
import { explainRevert } from './requireAll.ts'
import type { Stage } from './Stage.ts'
import { readTrade, type TradeCall } from './trading.ts'
import type {
  Liquidation,
  OrderExecution,
  PositionFlag,
  Refusal,
  WorldFrame,
  WorldTrade,
} from './WorldFrame.ts'

/** Gathers what happened in a step. */
export interface StepLog {
  /** Takes note of a block's transactions; what was reverted becomes a refusal. */
  block(block: MinedBlock): Promise<void>
  trades(block: MinedBlock, calls: readonly TradeCall[]): void
  liquidations(outcomes: readonly Outcome[]): void
  orders(executions: readonly OrderExecution[]): void
  refusals(refusals: readonly Refusal[]): void
  read(): Pick<
    WorldFrame,
    'transactions' | 'trades' | 'liquidations' | 'flags' | 'orders' | 'refusals'
  >
}

/** Creates an empty log. */
export function createStepLog({ client }: Stage): StepLog {
  let transactions = 0
  const trades: WorldTrade[] = []
  const liquidations: Liquidation[] = []
  const flags: PositionFlag[] = []
  const orders: OrderExecution[] = []
  const refusals: Refusal[] = []
  return {
    async block({ calls }) {
      transactions += calls.length
      for (const { call, succeeded } of calls) {
        if (succeeded) continue
        const cause = await explainRevert(client, call)
        const why = cause === null ? 'reverted in its block, not when tried again' : reason(cause)
        refusals.push({ action: call.action, reason: why })
      }
    },
    trades(block, calls) {
      for (const mined of block.calls) {
        const call = calls.find((each) => each === mined.call)
        const trade = call === undefined ? null : readTrade(mined, call)
        if (trade !== null) trades.push(trade)
      }
    },
    liquidations: (outcomes) => {
      liquidations.push(...outcomes.flatMap(({ liquidation }) => liquidation ?? []))
      flags.push(...outcomes.flatMap(({ flag }) => flag ?? []))
    },
    orders: (executions) => {
      orders.push(...executions)
    },
    refusals: (found) => {
      refusals.push(...found)
    },
    read: () => ({ transactions, trades, liquidations, flags, orders, refusals }),
  }
}
