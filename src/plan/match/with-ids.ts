import type {
  Grant,
  IdWithLabel,
  IntegrationWithIds,
  IntegrationWithSecrets,
  PendingPipeline,
} from "../../model/integration.ts";

/** The lists of an integration that can hold names, with numbers instead. */
interface ListsWithIds {
  readonly pipelines: readonly (IdWithLabel | PendingPipeline)[] | undefined;
  readonly users: readonly Grant<IdWithLabel>[] | undefined;
  readonly groups: readonly Grant<IdWithLabel>[] | undefined;
}

/** The integration with these lists. One that is undefined is left out, so that it isn't managed. */
export function withIds(
  integration: IntegrationWithSecrets,
  { pipelines, users, groups }: ListsWithIds,
): IntegrationWithIds {
  const { allowedPipelines: _pipelines, permissions, ...rest } = integration;
  return {
    ...rest,
    ...(pipelines === undefined ? {} : { allowedPipelines: pipelines }),
    ...(permissions === undefined
      ? {}
      : {
          permissions: {
            admins: permissions.admins,
            others: permissions.others,
            ...(users === undefined ? {} : { users }),
            ...(groups === undefined ? {} : { groups }),
          },
        }),
  };
}
