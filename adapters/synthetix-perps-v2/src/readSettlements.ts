import {
  type Address,
  type DomainId,
  sameAddress,
  type TradeSettlement,
  type VenueId,
  VenueReadError,
} from '@plimsoll/domain'
import type { ChainClient } from '@plimsoll/evm'
import { getAbiItem, type Log } from 'viem'
import { marketAbi as abi } from './abi.ts'
import type { SynthetixPerpsV2Config } from './config.ts'
import { domainId } from './domainId.ts'
import { LaggingNodeError } from './errors.ts'
import { type OrderEvent, parseSettlements } from './parseSettlements.ts'

type Asking = {
  readonly client: ChainClient
  readonly venue: VenueId
  readonly config: SynthetixPerpsV2Config
  readonly account: Address
  readonly from: bigint
  readonly to: bigint
}

const SUBMITTED = getAbiItem({ abi, name: 'DelayedOrderSubmitted' })
const MODIFIED = getAbiItem({ abi, name: 'PositionModified' })
const REMOVED = getAbiItem({ abi, name: 'DelayedOrderRemoved' })
const FLAGGED = getAbiItem({ abi, name: 'PositionFlagged' })

/**
 * Reads what became of an account's orders in all configured markets, from their events.
 *
 * @throws {@link VenueReadError} when the node does not answer, or has not come to the last block yet.
 */
export async function readSettlements(p: Asking): Promise<readonly TradeSettlement[]> {
  if (p.from > p.to) return []
  try {
    const events = await readEvents(p)
    const isFlagged = events.some(({ type }) => type === 'flagged')
    return parseSettlements(events, isFlagged ? await readPending(p) : new Map())
  } catch (cause) {
    const what = `orders of ${p.account} in blocks ${p.from} to ${p.to}`
    throw new VenueReadError({ venue: p.venue, what, cause })
  }
}

async function readEvents(p: Asking): Promise<readonly OrderEvent[]> {
  const { client, config, account, from: fromBlock, to: toBlock } = p
  const address = config.markets.map((market) => market.address)
  const at = { address, fromBlock, toBlock, strict: true } as const
  const args = { account }
  const [head, submitted, modified, removed, flagged] = await Promise.all([
    client.getBlockNumber(),
    client.getLogs({ ...at, args, event: SUBMITTED }),
    client.getLogs({ ...at, args, event: MODIFIED }),
    client.getLogs({ ...at, args, event: REMOVED }),
    client.getLogs({ ...at, event: FLAGGED }),
  ])
  // A node that is behind has no such logs, and says so by silence.
  if (head < toBlock) throw new LaggingNodeError({ head, asked: toBlock })
  return [
    ...submitted.flatMap((log) => place(p, log, { type: 'submitted', ...log.args })),
    ...modified.flatMap((log) => place(p, log, { type: 'modified', ...log.args })),
    ...removed.flatMap((log) => place(p, log, { type: 'removed', ...log.args })),
    ...flagged
      .filter((log) => sameAddress(log.args.account, account))
      .flatMap((log) => place(p, log, { type: 'flagged' })),
  ]
}

/** Says of which domain an event is. */
function place<const what extends { readonly type: OrderEvent['type'] }>(
  { venue, config, account }: Asking,
  log: Log<bigint, number, false>,
  what: what,
) {
  return config.markets
    .filter(({ address }) => sameAddress(address, log.address))
    .map(({ name }) => ({
      ...what,
      market: name,
      domain: domainId(venue, name, account),
      block: log.blockNumber,
      logIndex: log.logIndex,
      hash: log.transactionHash,
    }))
}

/** Keeper's fees of the orders that waited before the first block. */
async function readPending(p: Asking): Promise<ReadonlyMap<DomainId, bigint>> {
  const { client, venue, config, account, from } = p
  if (from === 0n) return new Map()
  const orders = await Promise.all(
    config.markets.map(async ({ address, name }) => {
      const at = { address, abi, blockNumber: from - 1n } as const
      const order = await client.readContract({
        ...at,
        functionName: 'delayedOrders',
        args: [account],
      })
      return [domainId(venue, name, account), order] as const
    }),
  )
  return new Map(
    orders
      .filter(([, { sizeDelta }]) => sizeDelta !== 0n)
      .map(([domain, { keeperDeposit }]) => [domain, keeperDeposit]),
  )
}
