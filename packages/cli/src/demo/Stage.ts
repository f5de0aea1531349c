import { type Deployment, type Devnet, openPortfolio, type PortfolioPlan } from '@plimsoll/devnet'
import type { DomainId, Frame } from '@plimsoll/domain'
import { type ChainClient, createChainClient, createChainHead } from '@plimsoll/evm'
import { assembleFrame } from '@plimsoll/kernel'
import { type ComposedVenues, composeVenues } from '../compose/composeVenues.ts'
import type { VenueName } from '../compose/VenueName.ts'
import type { SideFrame } from './DemoRecord.ts'
import { sideOf } from './sideOf.ts'

/** A devnet on which agent and twin hold the same portfolio, and the ways to look at it. */
export type Stage = {
  readonly client: ChainClient
  readonly deployment: Deployment
  readonly venues: ComposedVenues
  /** Margin domains the agent uses, with their names for people. */
  readonly labels: ReadonlyMap<DomainId, string>
  /** Both as they were opened. */
  readonly opened: { readonly agent: Frame; readonly twin: Frame }
  /** The latest frame of an account. */
  frameOf(side: Side): Promise<Frame>
  /** A frame for people: only what was ever used. */
  shown(frame: Frame): SideFrame
  /** Replaces ids of margin domains by their names. */
  named(text: string): string
  /** Transactions sent and ETH left. */
  accountOf(side: Side): Promise<{ readonly sent: number; readonly wei: bigint }>
}

type Side = 'agent' | 'twin'

/** Opens the same portfolio for both. */
export async function openStage(
  devnet: Devnet,
  p: { readonly plan: Partial<PortfolioPlan>; readonly names: readonly VenueName[] },
): Promise<Stage> {
  const { rpcUrl, chainId, deployment, accounts } = devnet
  const addresses = { agent: accounts.owner.address, twin: accounts.twin.address }
  for (const address of Object.values(addresses)) await openPortfolio(devnet, address, p.plan)
  const client = await createChainClient({ rpcUrl, chainId, multicall3: deployment.multicall3 })
  const venues = await composeVenues(client, deployment, p.names)
  const head = createChainHead(client)
  const frameOf = async (side: Side) =>
    assembleFrame({ ...venues, head, owner: addresses[side], block: await head.latest() })

  const opened = { agent: await frameOf('agent'), twin: await frameOf('twin') }
  const labels = new Map(
    opened.agent.portfolio.domains
      .filter((domain) => domain.health(opened.agent.oraclePrices).type !== 'unlevered')
      .map(({ id }) => [id, venues.labelOf(id)]),
  )
  return {
    client,
    deployment,
    venues,
    labels,
    opened,
    frameOf,
    shown(frame) {
      const side = sideOf(frame, venues.labelOf)
      const known = new Set(labels.values())
      const health = Object.entries(side.health).filter(([label]) => known.has(label))
      return { ...side, health: Object.fromEntries(health) }
    },
    named: (text) => [...labels].reduce((words, [id, label]) => words.replaceAll(id, label), text),
    async accountOf(side) {
      const address = addresses[side]
      const [sent, wei] = await Promise.all([
        client.getTransactionCount({ address }),
        client.getBalance({ address }),
      ])
      return { sent, wei }
    },
  }
}
