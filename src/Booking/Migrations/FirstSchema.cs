using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Booking.Migrations;

/// <summary>Resources and their hours, services, the guarded calendar, appointments, customer cards, consents and the message outbox.</summary>
[DbContext(typeof(BookingContext))]
[Migration("202611230001_first_schema")]
internal sealed class FirstSchema : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql(Calendar);
        migrationBuilder.Sql(Services);
        migrationBuilder.Sql(Customers);
        migrationBuilder.Sql(Appointments);
    }

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("drop schema booking cascade");

    private const string Calendar = """
        create extension if not exists btree_gist;

        create table booking.calendar_resource (
          id uuid primary key,
          practice_id uuid not null,
          kind text not null check (kind in ('practitioner', 'room', 'device')),
          name text not null,
          active boolean not null default true,
          place integer not null default 0);

        create table booking.practitioner (
          id uuid primary key references booking.calendar_resource,
          controller_id uuid not null,
          user_id uuid unique,
          family_name text not null,
          given_names text not null,
          call_name text,
          title text not null,
          terhikki_number text check (terhikki_number ~ '^[0-9]{11}$'),
          personnel_id text,
          professional_right_code text,
          professional_right text);

        -- local wall time of the zone; ends 00:00 means the end of the day
        create table booking.working_hours (
          id uuid primary key,
          resource_id uuid not null references booking.calendar_resource on delete cascade,
          weekday smallint not null check (weekday between 0 and 6),
          starts time not null,
          ends time not null,
          is_break boolean not null default false,
          zone text not null default 'Europe/Helsinki',
          valid_from date,
          valid_to date,
          check (ends > starts or ends = '00:00'),
          check (valid_to >= valid_from));
        create index working_hours_resource on booking.working_hours (resource_id);

        create table booking.date_rule (
          id uuid primary key,
          resource_id uuid not null references booking.calendar_resource on delete cascade,
          date date not null,
          is_open boolean not null,
          starts time,
          ends time,
          note text not null default '',
          check ((starts is null) = (ends is null)),
          check (starts is not null or not is_open),
          check (ends > starts or ends = '00:00'));
        create index date_rule_resource on booking.date_rule (resource_id, date);

        create table booking.closed_period (
          id uuid primary key,
          practice_id uuid not null,
          first_day date not null,
          last_day date not null,
          name text not null,
          check (last_day >= first_day));

        create table booking.booking_rules (
          practice_id uuid primary key,
          cancel_deadline_minutes integer not null default 1440 check (cancel_deadline_minutes >= 0),
          move_deadline_minutes integer not null default 1440 check (move_deadline_minutes >= 0),
          reminder_minutes integer not null default 1440 check (reminder_minutes >= 60),
          closed_on_public_holidays boolean not null default true,
          terms_version text not null default '1',
          street text not null default '',
          postal_code text not null default '',
          city text not null default '',
          phone text not null default '',
          email text not null default '');

        -- one row a resource and blocked time, buffers included; half-open, so that visits back to back are legal
        create table booking.allocation (
          id bigint generated always as identity primary key,
          resource_id uuid not null references booking.calendar_resource,
          kind text not null check (kind in ('booking', 'hold', 'block', 'external')),
          appointment_id uuid,
          during tstzrange not null check (lower_inc(during) and not upper_inc(during) and not isempty(during)),
          expires_at timestamptz,
          note text not null default '',
          check ((kind = 'booking') = (appointment_id is not null)),
          check ((kind = 'hold') = (expires_at is not null)),
          constraint no_overlap exclude using gist (resource_id with =, during with &&));
        create index allocation_appointment on booking.allocation (appointment_id);
        """;

    private const string Services = """
        create table booking.service (
          id uuid primary key,
          practice_id uuid not null,
          name_fi text not null,
          name_sv text not null,
          name_en text not null,
          about_fi text not null default '',
          about_sv text not null default '',
          about_en text not null default '',
          duration_minutes integer not null check (duration_minutes between 5 and 720),
          buffer_minutes integer not null default 0 check (buffer_minutes between 0 and 240),
          price_cents integer not null check (price_cents >= 0),
          -- AVL 34-36 §: care by a registered professional is exempt; it can differ by practitioner (service_offer)
          vat text not null check (vat in ('exempt_health', 'general')),
          is_care boolean not null,
          contact_mode text not null default 'in_person' check (contact_mode in ('in_person', 'phone', 'video', 'home_visit')),
          online boolean not null default true,
          notice_minutes integer not null default 120 check (notice_minutes >= 0),
          horizon_days integer not null default 90 check (horizon_days between 1 and 730),
          grid_minutes integer not null default 15 check (grid_minutes between 5 and 240),
          active boolean not null default true,
          place integer not null default 0,
          check (is_care or vat = 'general'));

        create table booking.service_offer (
          service_id uuid not null references booking.service on delete cascade,
          practitioner_id uuid not null references booking.practitioner on delete cascade,
          vat text check (vat in ('exempt_health', 'general')),
          price_cents integer check (price_cents >= 0),
          primary key (service_id, practitioner_id));

        -- rooms and devices that every visit of the service takes as well
        create table booking.service_need (
          service_id uuid not null references booking.service on delete cascade,
          resource_id uuid not null references booking.calendar_resource,
          primary key (service_id, resource_id));
        """;

    private const string Customers = """
        create table booking.customer (
          id uuid primary key,
          practice_id uuid not null,
          number bigint generated by default as identity (start with 1001) unique,
          -- encrypted with the person's own key: name, e-mail, phone, address, notes
          name bytea not null,
          email bytea,
          phone bytea,
          address bytea,
          note bytea,
          language text not null check (language in ('fi', 'sv', 'en')),
          source text not null check (source in ('online', 'staff', 'import')),
          -- looks like a card that exists already; the practice decides, nothing is merged by itself
          possible_duplicate boolean not null default false,
          linked_to uuid references booking.customer,
          version integer not null default 1,
          created_at timestamptz not null,
          changed_at timestamptz not null);

        -- keyed hashes: equality only. Names by their first letters, so that a search by a beginning finds them
        create table booking.customer_lookup (
          customer_id uuid not null references booking.customer on delete cascade,
          kind text not null check (kind in ('email', 'phone', 'name')),
          hash bytea not null,
          primary key (customer_id, kind, hash));
        create index customer_lookup_hash on booking.customer_lookup (kind, hash);

        create table booking.consent (
          id uuid primary key,
          customer_id uuid not null references booking.customer on delete cascade,
          purpose text not null check (purpose in ('terms', 'reminders', 'marketing')),
          channel text not null check (channel in ('none', 'email', 'sms')),
          given_at timestamptz not null,
          source text not null check (source in ('online_booking', 'staff', 'portal')),
          text_version text not null,
          withdrawn_at timestamptz,
          check (withdrawn_at >= given_at));
        create unique index consent_in_force on booking.consent (customer_id, purpose, channel) where withdrawn_at is null;
        """;

    private const string Appointments = """
        create table booking.appointment (
          id uuid primary key,
          practice_id uuid not null,
          controller_id uuid not null,
          customer_id uuid not null references booking.customer,
          service_id uuid not null references booking.service,
          practitioner_id uuid not null references booking.practitioner,
          status text not null check (status in ('booked', 'arrived', 'done', 'no_show', 'cancelled')),
          starts_at timestamptz not null,
          ends_at timestamptz not null,
          zone text not null,
          contact_mode text not null check (contact_mode in ('in_person', 'phone', 'video', 'home_visit')),
          source text not null check (source in ('online', 'staff')),
          language text not null check (language in ('fi', 'sv', 'en')),
          price_cents integer not null,
          vat text not null,
          -- what the customer wrote for the practice; encrypted with her key
          message bytea,
          -- a visit that staff put over another has no exclusive allocation, and says why
          overlap_reason text,
          -- SEQUENCE of the calendar invitation; raised by each change that the customer must see
          version integer not null default 1,
          link_hash bytea not null unique,
          idempotency_key uuid not null unique,
          booked_by uuid,
          created_at timestamptz not null,
          changed_at timestamptz not null,
          cancelled_at timestamptz,
          cancelled_by text check (cancelled_by in ('customer', 'practice')),
          check (ends_at > starts_at),
          check ((status = 'cancelled') = (cancelled_at is not null)));
        create index appointment_day on booking.appointment (starts_at);
        create index appointment_customer on booking.appointment (customer_id, starts_at desc);
        create index appointment_practitioner on booking.appointment (practitioner_id, starts_at);

        create table booking.outbox_message (
          id uuid primary key,
          appointment_id uuid not null references booking.appointment,
          kind text not null check (kind in ('confirmation', 'moved', 'cancelled', 'reminder')),
          channel text not null check (channel in ('email')),
          due_at timestamptz not null,
          appointment_version integer not null,
          state text not null default 'waiting' check (state in ('waiting', 'sent', 'skipped', 'failed')),
          reason text not null default '',
          attempts integer not null default 0,
          lease_token uuid,
          lease_until timestamptz,
          settled_at timestamptz,
          unique (appointment_id, kind, channel, due_at, appointment_version));
        create index outbox_waiting on booking.outbox_message (due_at) where state = 'waiting';
        """;
}
