import { depthImpact, flowOfDepth } from '../impact/depthImpact.ts'
import { flowOfImpact, squareRootImpact } from '../impact/squareRootImpact.ts'
import type { FootprintConfig } from './FootprintConfig.ts'
import type { MarketView } from './MarketView.ts'

type Market = Pick<MarketView, 'terms' | 'depth'>

/** Move that a flow of ours makes: the largest by the law of the whole market, where its terms are known, and by the venue's depth. [log-price] */
export const ownMove = (flow: number, { terms, depth }: Market): number =>
  Math.max(terms === null ? 0 : squareRootImpact(flow, terms), depthImpact(flow, depth))

/** Flow that moves it by so much: the inverse of {@link ownMove}. [USD] */
const flowOfMove = (move: number, { terms, depth }: Market): number =>
  Math.min(
    terms === null ? Number.POSITIVE_INFINITY : flowOfImpact(move, terms),
    flowOfDepth(move, depth),
  )

/** What orders may add: until they are amber, and until they and what bypasses drew are red. Negative beyond. [USD] */
export const ownRoom = (view: MarketView, config: FootprintConfig): number =>
  Math.min(
    flowOfMove(config.ownImpactAmber, view) - view.ownFlow,
    flowOfMove(config.ownImpactRed, view) - view.ownFlow - view.bypassFlow,
  )
