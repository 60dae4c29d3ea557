namespace Booking.Host.Postgres;

/// <summary>What initdb's defaults are changed by.</summary>
internal static class ClusterSettings
{
    /// <summary>Lines for postgresql.conf.</summary>
    public static string Text(bool durable) => Common + (durable ? Durable : Throwaway);

    // The server's log names statements and values only through errors: terse and without parameters it holds no personal data.
    private const string Common = """

        listen_addresses = ''
        unix_socket_permissions = 0700
        password_encryption = scram-sha-256
        log_min_error_statement = panic
        log_error_verbosity = terse
        log_parameter_max_length = 0
        log_parameter_max_length_on_error = 0
        log_timezone = 'UTC'
        timezone = 'UTC'
        idle_in_transaction_session_timeout = '5min'

        """;

    private const string Durable = """
        max_connections = 120
        shared_buffers = '256MB'
        effective_cache_size = '2GB'
        wal_compression = lz4
        max_wal_size = '2GB'
        checkpoint_timeout = '10min'
        fsync = on
        full_page_writes = on
        synchronous_commit = on

        """;

    private const string Throwaway = """
        max_connections = 400
        shared_buffers = '128MB'
        fsync = off
        full_page_writes = off
        synchronous_commit = off
        wal_level = minimal
        max_wal_senders = 0
        autovacuum = off

        """;
}
