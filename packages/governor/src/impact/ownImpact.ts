/**
 * Part of a move that our own flow is answerable for: `I(J) − I(J − J_o)`.
 *
 * Concave laws make it smaller than `I(J_o)` when others trade our way, and it is what a removal of our flow would give back.
 *
 * @param impact - Law of the market: flow to log-price move.
 * @param all - Unabsorbed flow of everybody, ours included. [USD]
 * @param own - Unabsorbed flow of ours. [USD]
 * @see RISK.md F7
 */
export const ownImpact = (impact: (flow: number) => number, all: number, own: number): number =>
  impact(all) - impact(all - own)
