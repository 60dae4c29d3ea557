using Booking.Appointments;
using Booking.Availability;
using Booking.Customers;
using Booking.Fhir;
using Booking.Messages;
using Booking.Pages.Book;
using Booking.Pages.My;
using Booking.Services;
using Booking.Ui;
using CareRecords;
using CareRecords.Database;
using CareRecords.Store;
using KantaConnector.Appointments;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Booking;

/// <summary>Registers services, availability, appointments, customers and messages.</summary>
internal static class BookingRegistration
{
    /// <summary>Schema, use cases, pages and the sender of messages; the texts come from <see cref="Ui.UiRegistration"/>.</summary>
    public static IServiceCollection AddBooking(this IServiceCollection services, IConfiguration configuration) => services
        .AddMail(configuration)
        .AddSingleton(ModuleMigrations.For<BookingContext>(BookingContext.Schema, 30, o => new BookingContext(o)))
        .AddSingleton<MessageSignal>()
        .AddSingleton<AppointmentLinks>()
        .AddSingleton<CustomerCards>()
        .AddScoped<ICustomerCards, CustomerRegister>()
        .AddScoped<BookingProjection>()
        .AddScoped<FreeTimeFinder>()
        .AddScoped<IAppointmentBook, AppointmentBook>()
        .AddScoped<AppointmentRecords>()
        .AddScoped<BookVisit>()
        .AddScoped<StaffBook>()
        .AddScoped<ChangeVisit>()
        .AddScoped<ChangeCard>()
        .AddScoped<SavePractitioner>()
        .AddScoped<SlotView>()
        .AddScoped<IViewedType>(p => p.GetRequiredService<SlotView>())
        .AddScoped<IViewedType, ScheduleView>()
        .AddScoped<IAppointmentTimes, HoldTime>()
        .AddScoped<IProjectedType, AppointmentOwner>()
        .AddScoped<IProjectedType, PatientOwner>()
        .AddSingleton<AppointmentMails>()
        .AddScoped<SendMessages>()
        .AddHostedService<MessageSender>()
        .AddBookingPages();

    private static readonly string[] FormFolders = ["/Admin", "/Book", "/Customers", "/My", "/Practice", "/Privacy"];

    private static IServiceCollection AddBookingPages(this IServiceCollection services)
    {
        services.AddOptions<BookingOptions>().BindConfiguration("Booking").ValidateDataAnnotations().ValidateOnStart();
        services.AddDataProtection();
        // After AddRazorPages, wherever it is called: its own setup begins with an empty collection of conventions.
        services.PostConfigure<RazorPagesOptions>(options =>
        {
            options.Conventions.AddPageRoute("/Customers/Edit", "customers/new");
            options.Conventions.AddPageRoute("/Admin/Service", "admin/services/new");
            options.Conventions.AddPageRoute("/Admin/Practitioner", "admin/staff/new");
            options.Conventions.AddFolderApplicationModelConvention("/", page => page.Filters.Add(new KnownMethods()));
            foreach (var folder in FormFolders)
            {
                options.Conventions.AddFolderApplicationModelConvention(folder, page => page.Filters.Add(new RefusedForms()));
            }

            options.Conventions.AddFolderApplicationModelConvention("/Book", page => page.Filters.Add(new ServiceFilterAttribute<BookingLimits>()));
        });
        return services
            .AddScoped<ManagedBookings>()
            .AddScoped<OwnBookings>()
            .AddScoped<DayCalendar>()
            .AddSingleton<BookingDrafts>()
            .AddSingleton<BookingLimits>();
    }
}
