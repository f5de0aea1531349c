// Everything that the governor claims by simulation, in tables. Takes minutes.
await import('./budgets.ts')
await import('./contagion/calm.ts')
await import('./contagion/run.ts')
