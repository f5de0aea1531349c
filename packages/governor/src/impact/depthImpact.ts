/** What a depth reading moves a price by. [log-price] */
export const DEPTH_MOVE = 0.01

/**
 * Log-price move of a flow in a pool of this depth, linear in it: what the pool itself does, whatever the market around it trades.
 *
 * @param flow - [USD]
 * @param depth - Value that moves the price by 1 %. [USD]
 * @returns Infinite for a pool without depth.
 */
export const depthImpact = (flow: number, depth: number): number =>
  flow === 0 ? 0 : depth > 0 ? (DEPTH_MOVE * flow) / depth : Number.POSITIVE_INFINITY

/** Flow that moves a pool of this depth by an amount: the inverse of {@link depthImpact}. [USD] */
export const flowOfDepth = (move: number, depth: number): number => (depth * move) / DEPTH_MOVE
