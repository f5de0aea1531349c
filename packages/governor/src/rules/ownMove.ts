import { depthImpact, flowOfDepth } from '../impact/depthImpact.ts'
import { flowOfImpact, squareRootImpact } from '../impact/squareRootImpact.ts'
import type { MarketView } from './MarketView.ts'

type Market = Pick<MarketView, 'terms' | 'depth'>

/** Move that a flow of ours makes: the largest by the law of the whole market, where its terms are known, and by the venue's depth. [log-price] */
export const ownMove = (flow: number, { terms, depth }: Market): number =>
  Math.max(terms === null ? 0 : squareRootImpact(flow, terms), depthImpact(flow, depth))

/** Flow that moves it by so much: the inverse of {@link ownMove}. [USD] */
export const flowOfMove = (move: number, { terms, depth }: Market): number =>
  Math.min(
    terms === null ? Number.POSITIVE_INFINITY : flowOfImpact(move, terms),
    flowOfDepth(move, depth),
  )
