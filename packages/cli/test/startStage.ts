import {
  type Devnet,
  openPortfolio,
  type PortfolioPlan,
  startDevnet,
  type TokenSymbol,
} from '@plimsoll/devnet'
import {
  type Action,
  type Frame,
  InvariantError,
  type LendingPosition,
  type Order,
  type PerpPosition,
  type SubmissionLane,
  usd,
} from '@plimsoll/domain'
import {
  type ChainClient,
  createChainClient,
  createChainHead,
  type OwnExecutor,
} from '@plimsoll/evm'
import {
  assembleFrame,
  createJournal,
  createMemoryEventStore,
  createSettableClock,
  type OrderDesk,
} from '@plimsoll/kernel'
import { assess } from '@plimsoll/risk'
import { expect } from 'vitest'
import { composeDesk } from '../src/compose/composeDesk.ts'
import { type ComposedVenues, composeVenues } from '../src/compose/composeVenues.ts'
import { setUpExecutor } from '../src/compose/setUpExecutor.ts'
import { ONE_SOURCE } from './ONE_SOURCE.ts'

/** An owner with a loan on Aave and one in each market of Morpho, a long perp and a reserve. */
const PLAN: PortfolioPlan = {
  aave: { debt: 200_000, healthFactor: 1.8, wbtcShare: 0.3 },
  morpho: { collateral: 'WBTC', debt: 100_000, healthFactor: 1.6 },
  perp: { asset: 'ETH', margin: 60_000, leverage: 2 },
  reserve: 30_000,
}

/** Everything composed as the command composes it, on a chain that holds an owner's portfolio. */
export type Stage = {
  readonly devnet: Devnet
  readonly client: ChainClient
  readonly venues: ComposedVenues
  readonly executor: OwnExecutor
  frame(): Promise<Frame>
  /** A desk that has recovered; its journal is new. */
  desk(lane?: SubmissionLane): Promise<OrderDesk>
  /** Carries actions out one after another, each on a frame of its own, and fails the test where one is not settled. */
  carryOut(...actions: readonly ActionDraft[]): Promise<readonly Order[]>
  checkpoint(): Promise<() => Promise<void>>
}

/** What of an action the desk looks at. */
export type ActionDraft = Pick<Action, 'type' | 'domain' | 'intents'> & Partial<Action>

/** Starts it. */
export async function startStage(): Promise<Stage> {
  const devnet = await startDevnet()
  const { owner, deployer } = devnet.accounts
  await openPortfolio(devnet, owner.address, PLAN)
  await openPortfolio(devnet, owner.address, {
    morpho: { collateral: 'WETH', debt: 80_000, healthFactor: 1.6 },
  })
  const { rpcUrl, chainId, deployment } = devnet
  const client = await createChainClient({ rpcUrl, chainId, multicall3: deployment.multicall3 })
  const venues = await composeVenues(client, deployment)
  const executor = await setUpExecutor({ client, venues, owner, deployer })
  const head = createChainHead(client)

  const stage: Stage = {
    devnet,
    client,
    venues,
    executor,
    frame: async () =>
      assembleFrame({ ...venues, head, owner: owner.address, block: await head.latest() }),

    async desk(lane) {
      const journal = createJournal({
        agent: 'stage',
        store: createMemoryEventStore(),
        clock: createSettableClock(0),
      })
      const composed = { client, venues, owner, executor, journal }
      const desk = composeDesk(lane === undefined ? composed : { ...composed, lane })
      await desk.recover()
      return desk
    },

    async carryOut(...drafts) {
      const desk = await stage.desk()
      const settled: Order[] = []
      for (const draft of drafts) {
        const frame = await stage.frame()
        const assessment = assess({ frame, forecasts: [], config: ONE_SOURCE })
        const grant = { type: 'allowed', action: actionOf(draft), checks: [] } as const
        const granted = desk.open(grant, frame.block)
        const order = await desk.execute({ order: granted, frame, assessment, forecasts: [] })
        expect([order.state, order.reason], draft.type).toEqual(['settled', null])
        expect(order.receipts.map(({ status }) => status)).toEqual(
          order.transactions.map(() => 'success'),
        )
        settled.push(order)
      }
      return settled
    },

    async checkpoint() {
      const id = await devnet.snapshot()
      return () => devnet.revert(id)
    },
  }
  return stage
}

/** An action whose costs and healths nobody looks at. */
function actionOf(draft: ActionDraft): Action {
  const free = usd(0n)
  return {
    settlement: 'direct',
    flashLoan: null,
    cost: { slippage: free, fees: free, gas: free },
    healthBefore: 1,
    healthAfter: 1,
    why: 'by hand',
    ...draft,
  }
}

/** The owner's loan on Aave. */
export const aaveOf = (frame: Frame): LendingPosition =>
  found(frame.lending.filter(({ venue }) => venue.startsWith('aave-v3:')))

/** The owner's loan in a market of Morpho. */
export const morphoOf = (frame: Frame, collateral: TokenSymbol): LendingPosition =>
  found(
    frame.lending.filter(
      (each) =>
        each.venue.startsWith('morpho-blue:') && each.collateral[0]?.token.symbol === collateral,
    ),
  )

export const perpOf = (frame: Frame): PerpPosition =>
  found(frame.perps.filter(({ venue }) => venue.startsWith('perp-v2:')))

/** Held amount of a leg. [token decimals] */
export function rawOf(
  legs: readonly { readonly token: { readonly symbol: string }; readonly raw: bigint }[],
  symbol: TokenSymbol,
): bigint {
  return found(legs.filter(({ token }) => token.symbol === symbol)).raw
}

function found<T>(list: readonly T[]): T {
  const [only] = list
  if (only === undefined || list.length > 1)
    throw new InvariantError({ expected: 'one of its kind', found: String(list.length) })
  return only
}
