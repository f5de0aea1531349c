export * from './createPostgresBudgetStore.ts'
export * from './startPostgres.ts'
