import type { SubmissionLane } from '@plimsoll/domain'
import {
  type ChainClient,
  createAtomicExecutor,
  createPublicLane,
  createSimulator,
  type OwnExecutor,
} from '@plimsoll/evm'
import {
  createOrderDesk,
  createSandwichFloor,
  createSystemClock,
  DEFAULT_SANDWICH_SETTINGS,
  type Journal,
  type OrderDesk,
} from '@plimsoll/kernel'
import type { LocalAccount } from 'viem'
import { composeSigner } from './composeSigner.ts'
import type { ComposedVenues } from './composeVenues.ts'

/** Seconds of a block on the chain the demo stands for. */
const BLOCK_SECONDS = 12

/** Composes the desk that carries an owner's orders out: policy signer, simulation, the owner's executor. */
export function composeDesk(p: {
  readonly client: ChainClient
  readonly venues: ComposedVenues
  readonly owner: LocalAccount
  /** As {@link setUpExecutor} made it. */
  readonly executor: OwnExecutor
  readonly journal: Journal
  /** The public pool unless given. */
  readonly lane?: SubmissionLane
}): OrderDesk {
  const { client, venues, owner, executor, journal } = p
  return createOrderDesk({
    lending: venues.lending,
    perps: venues.perps,
    swaps: venues.swaps,
    owner: owner.address,
    journal,
    signer: composeSigner(p).signer,
    lane: p.lane ?? createPublicLane(client),
    simulator: createSimulator(client),
    executor: createAtomicExecutor({ executor, lenders: venues.lenders }),
    sleeper: createSystemClock(), // a real chain needs real waiting, whatever time it shows
    swapFloor: createSandwichFloor({ ...DEFAULT_SANDWICH_SETTINGS, blockSeconds: BLOCK_SECONDS }),
  })
}
