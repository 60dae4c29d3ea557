using Booking.Appointments;
using Booking.Availability;
using Booking.Customers;
using Booking.Messages;
using Booking.Pages.Book;
using CareRecords.Database;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Booking;

/// <summary>Registers services, availability, appointments, customers and messages.</summary>
internal static class BookingRegistration
{
    public static IServiceCollection AddBooking(this IServiceCollection services, IConfiguration configuration) => services
        .AddMail(configuration)
        .AddSingleton(ModuleMigrations.For<BookingContext>(BookingContext.Schema, 30, o => new BookingContext(o)))
        .AddSingleton<MessageSignal>()
        .AddSingleton<AppointmentMails>()
        .AddScoped<SendMessages>()
        .AddHostedService<MessageSender>()
        .AddSingleton<AppointmentLinks>()
        .AddSingleton<CustomerCards>()
        .AddScoped<FreeTimeFinder>()
        .AddScoped<AppointmentRecords>()
        .AddScoped<BookVisit>()
        .AddScoped<StaffBook>()
        .AddScoped<ChangeVisit>()
        .AddScoped<ManagedBookings>()
        .AddSingleton<BookingDrafts>()
        .AddSingleton<BookingLimits>()
        .AddBookingPages();

    private static IServiceCollection AddBookingPages(this IServiceCollection services)
    {
        services.AddOptions<BookingOptions>().BindConfiguration("Booking").ValidateDataAnnotations().ValidateOnStart();
        services.AddDataProtection();
        return services.Configure<RazorPagesOptions>(options =>
        {
            options.Conventions.AddPageRoute("/Book/Index", "");
            options.Conventions.AddFolderApplicationModelConvention("/Book", page => page.Filters.Add(new ServiceFilterAttribute<BookingLimits>()));
        });
    }
}
