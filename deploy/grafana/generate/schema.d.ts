// Grafana's own types of a dashboard, as its JSON is: enumerations are their values, and the options of each kind of panel are
// those of that kind.

import type * as dashboard from './node_modules/@grafana/schema/dist/types/raw/dashboard/x/types.gen';
import type * as bargauge from './node_modules/@grafana/schema/dist/types/raw/composable/bargauge/panelcfg/x/types.gen';
import type * as stat from './node_modules/@grafana/schema/dist/types/raw/composable/stat/panelcfg/x/types.gen';
import type * as statetimeline from './node_modules/@grafana/schema/dist/types/raw/composable/statetimeline/panelcfg/x/types.gen';
import type * as timeseries from './node_modules/@grafana/schema/dist/types/raw/composable/timeseries/panelcfg/x/types.gen';

type Json<T> = T extends string
  ? `${T}`
  : T extends number
    ? `${T}` extends `${infer N extends number}` ? N : T
    : T extends boolean | null | undefined
      ? T
      : T extends (infer E)[]
        ? Json<E>[]
        : T extends object
          ? { [K in keyof T]: Json<T[K]> }
          : T;

type Panel<Type, Options, Custom> = Omit<dashboard.Panel, 'type' | 'options' | 'fieldConfig' | 'targets'> & {
  type: Type;
  title: string;
  description: string;
  options: Options;
  fieldConfig: {
    defaults: Omit<dashboard.FieldConfig, 'custom'> & { unit: string; custom?: Custom };
    overrides: [];
  };
  targets: Query[];
};

/** Of the data source for Prometheus; Grafana publishes no type for it. */
interface Query {
  datasource: dashboard.DataSourceRef;
  refId: string;
  expr: string;
  legendFormat: string;
  instant: boolean;
  range: boolean;
}

export type Dashboard = Json<
  Omit<dashboard.Dashboard, 'panels'> & {
    panels: (
      | dashboard.RowPanel
      | Panel<'stat', stat.Options, never>
      | Panel<'bargauge', bargauge.Options, never>
      | Panel<'timeseries', timeseries.Options, timeseries.FieldConfig>
      | Panel<'state-timeline', statetimeline.Options, statetimeline.FieldConfig>
    )[];
  }
>;
